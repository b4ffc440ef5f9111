import { UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { objectsAt, textAt, wordAt } from "../json.ts";
import type { Json, JsonObject } from "../json.ts";
import type { CloudflareApi } from "../cloudflare/api.ts";
import { bucket, bucketLifecycle, otherRules } from "../cloudflare/resource.ts";
import type { Resource } from "../cloudflare/resource.ts";
import type { EnvironmentResources } from "../resources.ts";
import type { LogpushConfig } from "./logpush-config.ts";

/** Keys of an R2 API token that Logpush writes with. */
export interface R2Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** @throws UserError that names the variable and where its value comes from */
export function r2KeysOf(io: Io): R2Keys {
  const [accessKeyId, secretAccessKey] = [io.env["R2_ACCESS_KEY_ID"], io.env["R2_SECRET_ACCESS_KEY"]];
  if (accessKeyId === undefined || accessKeyId === "" || secretAccessKey === undefined || secretAccessKey === "")
    throw new UserError(
      "R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY are not set: make an R2 API token with Object Read & Write (R2 → Manage API tokens); Logpush writes with it",
    );
  return { accessKeyId, secretAccessKey };
}

/** The job as the API takes it. `filter` is JSON in a text there. */
export function logpushJob(config: LogpushConfig, names: EnvironmentResources, accountId: string, keys: R2Keys): JsonObject {
  const query = new URLSearchParams({
    "account-id": accountId,
    "access-key-id": keys.accessKeyId,
    "secret-access-key": keys.secretAccessKey,
  });
  const filter =
    config.workers.length === 0
      ? {}
      : { filter: JSON.stringify({ where: { key: "ScriptName", operator: "in", value: config.workers } }) };
  return {
    name: names.logpushJob,
    dataset: "workers_trace_events",
    enabled: true,
    destination_conf: `r2://${names.logBucket}/${config.path}?${query.toString()}`,
    output_options: { field_names: config.fields, timestamp_format: "rfc3339", sample_rate: config.sampleRate },
    max_upload_interval_seconds: config.maxUploadIntervalSeconds,
    ...filter,
  };
}

/** One difference between what is and what config/logpush.json says. */
export type LogpushChange =
  | { readonly does: "make"; readonly resource: Resource }
  | { readonly does: "set retention"; readonly bucket: string; readonly days: number; readonly prefix: string }
  | { readonly does: "create job"; readonly job: JsonObject }
  | { readonly does: "update job"; readonly id: string; readonly job: JsonObject; readonly differs: readonly string[] };

/** What must change, read from the account. Nothing is left of it once it was applied. */
export async function logpushChanges(
  api: CloudflareApi,
  config: LogpushConfig,
  names: EnvironmentResources,
  keys: R2Keys,
): Promise<LogpushChange[]> {
  const changes: LogpushChange[] = [];
  const logs = bucket(names.logBucket);
  const hasBucket = logs.idIn(await api.call(logs.find)) !== undefined;
  if (!hasBucket) changes.push({ does: "make", resource: logs });
  const prefix = config.path.split("{")[0] ?? "";
  const rules = hasBucket ? await api.call({ method: "GET", path: `/r2/buckets/${names.logBucket}/lifecycle` }) : undefined;
  const lifecycle = bucketLifecycle(names.logBucket, config.retentionDays, prefix, otherRules(rules));
  if (lifecycle.idIn(rules) === undefined)
    changes.push({ does: "set retention", bucket: names.logBucket, days: config.retentionDays, prefix });
  const jobs = await api.call({ method: "GET", path: "/logpush/jobs" });
  const wanted = logpushJob(config, names, api.accountId, keys);
  const found = objectsAt({ jobs: jobs ?? [] }, "jobs").find((job) => textAt(job, "name") === names.logpushJob);
  if (!found) return [...changes, { does: "create job", job: wanted }];
  const differs = Object.keys(wanted).filter(
    (key) => key !== "destination_conf" && JSON.stringify(sorted(found[key])) !== JSON.stringify(sorted(wanted[key])),
  );
  // The secret in the destination is not told back; only where it writes to can be compared.
  if (!(textAt(found, "destination_conf") ?? "").startsWith(`r2://${names.logBucket}/${config.path}`))
    differs.push("destination_conf");
  if (differs.length > 0) changes.push({ does: "update job", id: wordAt(found, "id"), job: wanted, differs });
  return changes;
}

function sorted(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** The job without its secret, for people. */
export function shownJob(job: JsonObject): string {
  return JSON.stringify(job, undefined, 2).replace(/((?:secret-)?access-key(?:-id)?=)[^&"]*/g, "$1…");
}

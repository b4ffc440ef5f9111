import { UserError } from "../io.ts";
import { isJsonObject, objectsAt, textAt, valueAt } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { resourcesOf } from "../resources.ts";
import type { Addition } from "../wrangler-config/addition.ts";
import { blocksOf } from "../wrangler-config/wrangler-config.ts";
import type { ConfigBlock, WranglerConfig } from "../wrangler-config/wrangler-config.ts";

/** `paid` adds the tail handler and Logpush, which a free account's deploy refuses. */
export type Plan = "free" | "paid";

/** Every place where a name in `env` can come from. */
const LISTS_WITH_BINDINGS: readonly (readonly [readonly string[], string])[] = [
  [["analytics_engine_datasets"], "binding"],
  [["kv_namespaces"], "binding"],
  [["d1_databases"], "binding"],
  [["r2_buckets"], "binding"],
  [["services"], "binding"],
  [["hyperdrive"], "binding"],
  [["vectorize"], "binding"],
  [["workflows"], "binding"],
  [["queues", "producers"], "binding"],
  [["durable_objects", "bindings"], "name"],
  [["send_email"], "name"],
];

/**
 * What the configuration lacks for monitoring, block by block. What is there stays, so a second call on the edited file is empty.
 * @throws UserError where a name that monitoring needs is bound to something else
 */
export function wantedAdditions(config: WranglerConfig, plan: Plan): Addition[] {
  const blocks = blocksOf(config).flatMap((block) => additionsOf(block, plan, config.file));
  const maps: Addition[] =
    config.data["upload_source_maps"] === undefined ? [{ add: "key", path: ["upload_source_maps"], value: true }] : [];
  return [...maps, ...blocks];
}

function additionsOf({ path, data, environment }: ConfigBlock, plan: Plan, file: string): Addition[] {
  const names = resourcesOf(environment);
  const additions: Addition[] = [];
  const place = path.length === 0 ? file : `${file}, ${path.join(".")}`;
  const item = (list: readonly string[], key: string, value: JsonObject): void => {
    const name = textAt(value, key) ?? "";
    if (isBound(data, list, key, name, place)) return;
    additions.push({ add: "item", path: [...path, ...list], value });
  };
  const key = (at: readonly string[], value: string | boolean | JsonObject): void => {
    if (valueAt(data, at) === undefined) additions.push({ add: "key", path: [...path, ...at], value });
  };
  key(["vars", "LOG_LEVEL"], "info");
  key(["vars", "METRICS_SAMPLING_RATE"], "0.1");
  key(["vars", "ENVIRONMENT"], environment);
  key(["version_metadata"], { binding: "CF_VERSION_METADATA" });
  item(["analytics_engine_datasets"], "binding", { binding: "ANALYTICS", dataset: names.dataset });
  item(["kv_namespaces"], "binding", { binding: "ALERT_COOLDOWN" });
  item(["durable_objects", "bindings"], "name", {
    name: "ALERT_MANAGER",
    class_name: "AlertManager",
    script_name: names.evaluator,
  });
  if (plan === "paid") {
    key(["logpush"], true);
    if (!objectsAt(data, "tail_consumers").some((consumer) => consumer["service"] === names.evaluator))
      additions.push({ add: "item", path: [...path, "tail_consumers"], value: { service: names.evaluator } });
  }
  return additions;
}

/** True where the list has the name already. @throws UserError where another kind of binding has it */
function isBound(data: JsonObject, list: readonly string[], key: string, name: string, place: string): boolean {
  for (const [other, otherKey] of LISTS_WITH_BINDINGS) {
    if (!objectsAt(data, ...other).some((binding) => binding[otherKey] === name)) continue;
    if (other.join(".") === list.join(".") && otherKey === key) return true;
    throw new UserError(
      `${place}: ${name} is bound in ${other.join(".")}, but monitoring needs that name in ${list.join(".")}; rename yours`,
    );
  }
  const vars = valueAt(data, ["vars"]);
  if (isJsonObject(vars) && Object.hasOwn(vars, name)) {
    throw new UserError(`${place}: ${name} is one of vars, but monitoring needs that name in ${list.join(".")}; rename yours`);
  }
  return false;
}

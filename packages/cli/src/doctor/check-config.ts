import { readQueueIds } from "@monotask/queue";
import { readChannels, readSettings } from "@monotask/telemetry";
import { wantedAdditions } from "../init/wanted.ts";
import type { Plan } from "../init/wanted.ts";
import { isJsonObject, objectsAt, textAt, valueAt, wordAt } from "../json.ts";
import type { ConfigBlock, WranglerConfig } from "../wrangler-config/wrangler-config.ts";
import { blocksOf } from "../wrangler-config/wrangler-config.ts";
import type { Finding } from "./finding.ts";

/** Names whose values are secrets: in `vars` everybody who reads the configuration reads them. */
const SECRET_NAMES = [
  "SLACK_WEBHOOK_URL",
  "PAGERDUTY_ROUTING_KEY",
  "ANALYTICS_API_TOKEN",
  "MONOTASK_API_TOKEN",
  "CLOUDFLARE_API_TOKEN",
];
/** Node's modules are on by default from then on; before, AsyncLocalStorage needs a flag. */
const ASYNC_CONTEXT_SINCE = "2026-08-04";
/** Cron triggers of an account. */
const CRON_LIMITS: Readonly<Record<Plan, number>> = { free: 5, paid: 250 };
const MOST_VARS: Readonly<Record<Plan, number>> = { free: 64, paid: 128 };

/** What the configuration file alone says, in every environment. */
export function checkConfig(config: WranglerConfig, plan: Plan): Finding[] {
  const findings = blocksOf(config).flatMap((block) => checkBlock(block, config, plan));
  const lacking = wantedAdditions(config, plan);
  for (const { path, value, add } of lacking) {
    const name = add === "item" ? (textAt(value, "binding") ?? textAt(value, "name") ?? textAt(value, "service") ?? "") : "";
    const what = `${config.file} lacks ${path.join(".")}${name === "" ? "" : ` ${name}`}`;
    const isMinor = path.includes("vars") || path.includes("upload_source_maps") || path.includes("version_metadata");
    findings.push({
      level: isMinor ? "warning" : "problem",
      area: path.includes("upload_source_maps") ? "source maps" : "bindings",
      what,
      fix: `monotask init${plan === "paid" ? " --plan paid" : ""}`,
    });
  }
  if (lacking.length === 0)
    findings.push({ level: "ok", area: "bindings", what: "every environment has its bindings, and stacks point to sources" });
  const crons = objectsAt({ list: [config.data] }, "list").flatMap((data) => listAt(data, "triggers", "crons"));
  if (crons.length > CRON_LIMITS[plan])
    findings.push({
      level: "problem",
      area: "limits",
      what: `${crons.length} cron triggers, ${CRON_LIMITS[plan]} are allowed on the ${plan} plan`,
      fix: "do several jobs in one trigger",
    });
  return [...findings, ...checkDate(config)];
}

function checkBlock({ path, data }: ConfigBlock, { file }: WranglerConfig, plan: Plan): Finding[] {
  const place = path.length === 0 ? file : `${file}, ${path.join(".")}`;
  const findings: Finding[] = [];
  const vars = valueAt(data, ["vars"]);
  const names = isJsonObject(vars) ? Object.keys(vars) : [];
  for (const name of SECRET_NAMES.filter((secret) => names.includes(secret)))
    findings.push({
      level: "warning",
      area: "secrets",
      what: `${place}: ${name} stands in vars, for everyone to read`,
      fix: `take it out and keep it on the evaluator: npx wrangler secret put ${name} --name monotask-evaluator`,
    });
  for (const { setting, message } of [readSettings, readChannels].flatMap((read) => read(vars ?? {}).warnings))
    if (setting !== "SLACK_WEBHOOK_URL")
      findings.push({ level: "warning", area: "vars", what: `${place}: ${message}`, fix: `change ${setting} in ${file}` });
  if (names.length > MOST_VARS[plan])
    findings.push({
      level: "problem",
      area: "limits",
      what: `${place}: ${names.length} vars, ${MOST_VARS[plan]} are allowed on the ${plan} plan`,
      fix: "put them together, or into KV",
    });
  const queueIds = readQueueIds(valueAt(data, ["vars", "QUEUE_IDS"]));
  if (queueIds.kind === "wrong")
    findings.push({ level: "problem", area: "vars", what: `${place}: ${queueIds.message}`, fix: `change QUEUE_IDS in ${file}` });
  for (const consumer of objectsAt(data, "queues", "consumers"))
    if (consumer["dead_letter_queue"] === undefined)
      findings.push({
        level: "warning",
        area: "limits",
        what: `${place}: queue ${wordAt(consumer, "queue")} has no dead_letter_queue: a message that fails is deleted after its last attempt`,
        fix: `add "dead_letter_queue": "${wordAt(consumer, "queue")}-dlq" to its consumer`,
      });
  if (plan === "free") {
    if (data["logpush"] === true)
      findings.push({
        level: "problem",
        area: "Logpush",
        what: `${place}: "logpush" needs the paid plan; the deploy will be refused`,
        fix: "take it out, or say --plan paid",
      });
    if (objectsAt(data, "tail_consumers").length > 0)
      findings.push({
        level: "problem",
        area: "limits",
        what: `${place}: tail_consumers need the paid plan; the deploy will be refused`,
        fix: "take them out, or say --plan paid",
      });
  }
  return findings;
}

function checkDate({ data, file }: WranglerConfig): Finding[] {
  const date = textAt(data, "compatibility_date");
  if (date === undefined)
    return [
      {
        level: "problem",
        area: "compatibility date",
        what: `${file} has no compatibility_date`,
        fix: 'add "compatibility_date": "2026-10-01"',
      },
    ];
  const flags = listAt(data, "compatibility_flags");
  const hasContext = date >= ASYNC_CONTEXT_SINCE || flags.some((flag) => flag === "nodejs_compat" || flag === "nodejs_als");
  return [
    hasContext
      ? { level: "ok", area: "compatibility date", what: `${date}: database and fetch time is told to its request` }
      : {
          level: "warning",
          area: "compatibility date",
          what: `${date} has no AsyncLocalStorage: time in imported bindings cannot be told to its request`,
          fix: `move it to ${ASYNC_CONTEXT_SINCE} or later, or add "compatibility_flags": ["nodejs_als"]`,
        },
  ];
}

function listAt(data: Parameters<typeof valueAt>[0], ...path: string[]): readonly unknown[] {
  const value = valueAt(data, path);
  return Array.isArray(value) ? value : [];
}

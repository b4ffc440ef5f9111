import type { Bundle } from "../deploy/bundle.ts";
import { configFor } from "../deploy/environment-config.ts";
import type { Json, JsonObject } from "../json.ts";
import { objectsAt, wordAt } from "../json.ts";
import { LOCAL_CREDENTIALS } from "../local/credentials.ts";
import type { EnvironmentResources } from "../resources.ts";
import { devConfig, SINK_WORKER } from "./dev-config.ts";
import type { DevAddresses } from "./dev-addresses.ts";

/** What a built app needs to run beside the worker that is developed. */
export interface DevAppSettings {
  readonly names: EnvironmentResources;
  readonly addresses: DevAddresses;
  readonly running: ReadonlySet<string>;
  /** Queues that the developed worker consumes itself: a queue has one consumer. */
  readonly takenQueues: ReadonlySet<string>;
}

/** The configuration that `deploy` would make, for this machine: the same code and bindings, its channels led to the inbox. */
export function devAppConfig({ app, config }: Bundle, settings: DevAppSettings): JsonObject {
  const { names, addresses, running, takenQueues } = settings;
  const shippedIds = { kv: idsOf(config, "kv_namespaces", "id"), d1: idsOf(config, "d1_databases", "database_id") };
  const vars = { ...sharedVars(addresses), ...(app === "evaluator" ? evaluatorVars(addresses) : { OPEN_ON_LOOPBACK: "true" }) };
  const deployed = configFor(app, config, names, shippedIds, { accountId: "local", alertEmail: undefined, vars });
  const local: Record<string, Json> = { ...devConfig(deployed, running) };
  const mails = objectsAt(deployed, "send_email").map((item): JsonObject => ({
    binding: wordAt(item, "name"),
    service: SINK_WORKER,
    entrypoint: "EmailSink",
  }));
  local["services"] = [...objectsAt(local, "services"), ...mails];
  Reflect.deleteProperty(local, "send_email");
  if (deployed["queues"] !== undefined)
    local["queues"] = {
      producers: objectsAt(deployed, "queues", "producers"),
      consumers: objectsAt(deployed, "queues", "consumers").filter((item) => !takenQueues.has(wordAt(item, "queue"))),
    };
  return local;
}

function sharedVars({ analytics }: DevAddresses): Record<string, string> {
  return {
    ANALYTICS_SQL_URL: `${analytics}/client/v4/accounts/local/analytics_engine/sql`,
    ANALYTICS_API_TOKEN: LOCAL_CREDENTIALS.analyticsToken,
    MONOTASK_API_TOKEN: LOCAL_CREDENTIALS.apiToken,
  };
}

function evaluatorVars({ inbox, evaluator, dashboard }: DevAddresses): Record<string, string> {
  return {
    ALLOW_LOOPBACK_CHANNELS: "true",
    SLACK_WEBHOOK_URL: `${inbox}/slack`,
    PAGERDUTY_EVENTS_URL: `${inbox}/pagerduty/v2/enqueue`,
    PAGERDUTY_ROUTING_KEY: LOCAL_CREDENTIALS.pagerDutyRoutingKey,
    ALERT_LINK_SECRET: LOCAL_CREDENTIALS.alertLinkSecret,
    MONOTASK_URL: evaluator,
    DASHBOARD_URL: dashboard,
  };
}

function idsOf(config: JsonObject, list: string, key: string): Record<string, string> {
  return Object.fromEntries(objectsAt(config, list).map((item) => [wordAt(item, "binding"), wordAt(item, key)]));
}

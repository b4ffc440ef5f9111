import type { Json, JsonObject } from "../json.ts";
import { isJsonObject, objectsAt, textAt, wordAt } from "../json.ts";

export const SINK_WORKER = "monotask-dev-sink";

/** Keys that mean nothing on this machine: what only runs on an account, and what the sink takes the place of. */
const LEFT_OUT = ["$schema", "account_id", "analytics_engine_datasets", "tail_consumers", "logpush"];

/**
 * A worker's configuration for this machine: its Analytics Engine bindings become calls of the sink, and what only runs on an account is left
 * out, as are Durable Objects of workers that do not run here.
 * @param running names of the workers that run
 */
export function devConfig(config: JsonObject, running: ReadonlySet<string>): JsonObject {
  const result: Record<string, Json> = Object.fromEntries(Object.entries(config).filter(([key]) => !LEFT_OUT.includes(key)));
  const sinks = objectsAt(config, "analytics_engine_datasets").map((item): JsonObject => {
    const binding = wordAt(item, "binding");
    return { binding, service: SINK_WORKER, entrypoint: "Sink", props: { dataset: textAt(item, "dataset") ?? binding } };
  });
  result["services"] = [...objectsAt(config, "services"), ...sinks];
  const objects = config["durable_objects"];
  if (isJsonObject(objects))
    result["durable_objects"] = {
      ...objects,
      bindings: objectsAt(objects, "bindings").filter((item) => {
        const host = textAt(item, "script_name");
        return host === undefined || running.has(host);
      }),
    };
  const vars = isJsonObject(config["vars"]) ? config["vars"] : {};
  // On this machine every request is wanted.
  result["vars"] = { ...vars, METRICS_SAMPLING_RATE: "1" };
  return result;
}

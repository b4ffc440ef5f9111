import type { Json, JsonObject } from "../json.ts";
import { isJsonObject, objectsAt, textAt, wordAt } from "../json.ts";

export const SINK_WORKER = "monotask-dev-sink";

/**
 * The worker's configuration for this machine: its Analytics Engine bindings become calls of the sink, and what only runs on an account
 * (AlertManager of another worker, tail handlers, Logpush) is left out.
 */
export function devConfig(config: JsonObject): JsonObject {
  const datasets = objectsAt(config, "analytics_engine_datasets");
  const services = datasets.map((item): JsonObject => {
    const binding = wordAt(item, "binding");
    return { binding, service: SINK_WORKER, entrypoint: "Sink", props: { dataset: textAt(item, "dataset") ?? binding } };
  });
  const own = Object.entries(config).filter(
    ([key]) => !["$schema", "analytics_engine_datasets", "tail_consumers", "logpush"].includes(key),
  );
  const result: Record<string, Json> = Object.fromEntries(own);
  result["services"] = [...objectsAt(config, "services"), ...services];
  const objects = config["durable_objects"];
  if (isJsonObject(objects))
    result["durable_objects"] = {
      ...objects,
      bindings: objectsAt(objects, "bindings").filter(
        (item) => item["script_name"] === undefined || item["script_name"] === config["name"],
      ),
    };
  const vars = isJsonObject(config["vars"]) ? config["vars"] : {};
  // On this machine every request is wanted.
  result["vars"] = { ...vars, METRICS_SAMPLING_RATE: "1" };
  return result;
}

/** Stands for Analytics Engine: hands points to the engine on this machine. Called over RPC, so it rejects where production throws. */
export function sinkWorker(engineUrl: string, token: string): { readonly config: JsonObject; readonly code: string } {
  const code = `import { WorkerEntrypoint } from "cloudflare:workers";
export class Sink extends WorkerEntrypoint {
  async writeDataPoint(point) {
    const url = this.env.ENGINE_URL + "/datasets/" + this.ctx.props.dataset + "/points";
    const response = await fetch(url, { method: "POST", body: JSON.stringify(point ?? {}), headers: { authorization: "Bearer " + this.env.ENGINE_TOKEN } });
    if (!response.ok) throw new Error(await response.text());
  }
}
export default { fetch: () => new Response("called over RPC only", { status: 404 }) };
`;
  return {
    code,
    config: {
      name: SINK_WORKER,
      main: "sink.js",
      compatibility_date: "2026-10-01",
      vars: { ENGINE_URL: engineUrl, ENGINE_TOKEN: token },
    },
  };
}

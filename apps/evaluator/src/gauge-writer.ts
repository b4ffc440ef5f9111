import { createWriter, datasetOf, propertyOf, readSettings, type Writer } from "@monotask/telemetry";
import { waitUntil } from "cloudflare:workers";

/** Writes what a tick collected, in the evaluator's own name. */
export function gaugeWriter(env: Env): Writer {
  const { version, environment, team } = readSettings(env);
  const identity = { workerName: "monotask-evaluator", version, environment, team };
  return createWriter({ dataset: datasetOf(propertyOf(env, "ANALYTICS")), identity, keepAlive: waitUntil });
}

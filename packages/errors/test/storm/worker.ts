import { createAlertClient, type AlertSignal } from "@monotask/alerts";
import { createErrorAlerter, type MonitoringError } from "../../src/index.ts";

export { AlertManager } from "@monotask/alerts/durable-object";

/** Answers after many errors, each described and classified; with `alerts=on` each is raised too. */
const storm: ExportedHandler<object> = {
  async fetch(request, env, ctx) {
    const { searchParams } = new URL(request.url);
    const errors = Number(searchParams.get("errors") ?? 0);
    const isRaised = searchParams.get("alerts") === "on";
    const keepAlive = (work: Promise<unknown>): void => ctx.waitUntil(work);
    const alerter = createErrorAlerter(env, "storm", { keepAlive });
    const client = createAlertClient(env, { workerName: "storm", keepAlive });
    for (let n = 0; n < errors; n += 1) {
      const error = new Error(`D1_ERROR: no such column: priority_${n % 10}`);
      const described = alerter.createErrorContext(error, request, { endpoint: "/api/tasks" });
      if (isRaised) await client.raise(signalOf(described));
    }
    return new Response(String(errors));
  },
};

export default storm;

function signalOf({ name, message, category, severity, fingerprint, timestamp }: MonitoringError): AlertSignal {
  const labels = { worker: "storm", environment: "production", team: "bench", symptom: "errors", severity, category } as const;
  const sample = { error: `${name}: ${message}`, fingerprint };
  return {
    name: `error:${category}`,
    labels,
    status: "firing",
    startsAt: timestamp,
    summary: name,
    description: message,
    sample,
  };
}

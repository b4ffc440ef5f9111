import { readFileSync } from "node:fs";
import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import { createSqlApi, encodePoint, type Kind, type PointFields, type QueryPort } from "@monotask/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellsFromRows, parseAlerts, rulesQuery, signalsOfRules } from "./index.ts";

// The shipped rules, measured by the real engine.

const MINUTE = Date.UTC(2026, 10, 24, 12) / 60_000;
const text = readFileSync(new URL("../../../../config/alerts.yaml", import.meta.url).pathname, "utf8");
const rules = parseAlerts({ file: "config/alerts.yaml", text }).config?.rules ?? [];

let server: Awaited<ReturnType<typeof startAnalyticsEngine>>;
let port: QueryPort;

function point<K extends Kind>(
  ago: number,
  kind: K,
  fields: PointFields<K>,
): ReturnType<typeof encodePoint> & { timestamp: number } {
  const identity = { workerName: "api", environment: "production", team: "platform", version: "v1" };
  return { ...encodePoint(kind, { ...identity, ...fields }), timestamp: (MINUTE - ago) * 60_000 + 1_000 };
}

const request = { statusCode: "200", outcome: "ok", method: "GET", endpoint: "/api/projects", durationMs: 20 } as const;

/** 100 requests a minute in the last 20 minutes, one healthy one standing for ten. */
function traffic(bad: number, fields: PointFields<"request">, worker: string) {
  return Array.from({ length: 20 }, (_, ago) => [
    ...Array.from({ length: (100 - bad) / 10 }, () =>
      point(ago, "request", { ...request, workerName: worker, sampleWeight: 10 }),
    ),
    ...Array.from({ length: bad }, () => point(ago, "request", { ...request, workerName: worker, ...fields })),
  ]).flat();
}

beforeAll(async () => {
  server = await startAnalyticsEngine({ port: 0 });
  await server.write("monotask", [
    ...traffic(10, { statusCode: "500", outcome: "error" }, "failing"),
    ...traffic(10, { statusCode: "", outcome: "exception" }, "throwing"),
    ...traffic(10, { durationMs: 200 }, "slow"),
    ...traffic(10, { statusCode: "404", outcome: "client_error" }, "callers-mistakes"),
    ...traffic(10, { statusCode: "500", outcome: "error", environment: "staging" }, "staged"),
    ...Array.from({ length: 6 }, (_, ago) => point(ago, "request", { ...request, workerName: "gateway", statusCode: "504" })),
    ...Array.from({ length: 20 }, (_, ago) =>
      point(ago, "request", { ...request, workerName: "stuck-db", dbQueryCount: 100, dbErrorCount: 6, dbVerySlowCount: 6 }),
    ),
    ...Array.from({ length: 10 }, (_, ago) => point(ago, "gauge", { name: "queue_depth", subject: "tasks", value: 501 })),
    ...Array.from({ length: 10 }, (_, ago) => point(ago, "gauge", { name: "queue_bytes", subject: "tasks", value: 9_999 })),
    ...Array.from({ length: 10 }, (_, ago) => point(ago, "gauge", { name: "sandbox_active", subject: "agents", value: 21 })),
    ...Array.from({ length: 20 }, (_, at) =>
      point(at % 10, "sandbox", { event: "executed", outcome: at < 2 ? "timeout" : "ok", workerName: "agents", pool: "agents" }),
    ),
    ...Array.from({ length: 101 }, () => point(0, "error", { category: "validation", severity: "info", workerName: "callers" })),
  ]);
  port = createSqlApi({ url: server.sqlUrl, token: server.token, dataset: "monotask" });
});

afterAll(() => server.close());

describe("the shipped rules on a real engine", () => {
  it("are measured by one query, and each fires for what it is about", async () => {
    const result = await port.run(rulesQuery(rules, MINUTE));
    if (result.kind !== "rows") throw new Error(JSON.stringify(result));
    const signals = signalsOfRules(rules, { minute: MINUTE, cells: cellsFromRows(rules, result.rows), known: [] });
    expect(signals.map(({ name, labels, value }) => `${labels.worker} ${name.slice(5)} ${value}`).sort()).toEqual([
      "agents sandbox-timeouts-warning 10 %",
      "api queue-depth-critical 501",
      "api queue-depth-warning 501",
      "api sandboxes-active-warning 21",
      "callers validation-errors-info 101",
      "failing availability-critical 90 %",
      "failing error-rate-critical 10 %",
      "failing error-rate-warning 10 %",
      "gateway worker-timeout-warning 100 %",
      "slow latency-warning 10 %",
      "stuck-db database-errors-critical 6 %",
      "stuck-db slow-queries-warning 6 %",
      "throwing availability-critical 90 %",
      "throwing error-rate-critical 10 %",
      "throwing error-rate-warning 10 %",
    ]);
  });
});

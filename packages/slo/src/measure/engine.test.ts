import { readFileSync } from "node:fs";
import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import { compileSql, createSqlApi, encodePoint } from "@monotask/telemetry";
import type { Kind, PointFields } from "@monotask/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measurementQuery, parseSlos, readableRows, slicesFromRows, versionCounts } from "../index.ts";
import type { Slice } from "../index.ts";

// The shipped catalogue, measured by the real engine: every figure here was counted by hand from the points below.

const FROM_MS = Date.UTC(2026, 10, 1, 12);
const FROM_MINUTE = FROM_MS / 60_000;
const text = readFileSync(new URL("../../../../config/slos.yaml", import.meta.url), "utf8");
const { slos } = parseSlos([{ file: "config/slos.yaml", text }]);
const RANGE = { fromMs: FROM_MS, toMs: FROM_MS + 120_000 };

let server: Awaited<ReturnType<typeof startAnalyticsEngine>>;

function point<K extends Kind>(
  secondsIn: number,
  kind: K,
  fields: PointFields<K>,
): ReturnType<typeof encodePoint> & { timestamp: number } {
  const identity = { workerName: "monotask-demo", environment: "production", version: "v1", sampleWeight: 1 };
  return { ...encodePoint(kind, { ...identity, ...fields }), timestamp: FROM_MS + secondsIn * 1_000 };
}

const request = { statusCode: "200", outcome: "ok", method: "GET", endpoint: "/api/projects", durationMs: 20 } as const;

beforeAll(async () => {
  server = await startAnalyticsEngine({ port: 0 });
  await server.write("monotask", [
    // One of ten healthy requests, standing for ten: three queries, one of them slow.
    point(1, "request", { ...request, sampleWeight: 10, dbQueryCount: 3, dbSlowCount: 1 }),
    point(2, "request", { ...request, endpoint: "/api/tasks/:id", durationMs: 500, dbQueryCount: 1, dbErrorCount: 1 }),
    point(3, "request", { ...request, statusCode: "404", outcome: "client_error", durationMs: 199.9 }),
    point(4, "request", { ...request, statusCode: "503", outcome: "error", durationMs: 200, version: "v2" }),
    point(5, "request", { ...request, statusCode: "", outcome: "exception" }),
    point(6, "request", { ...request, environment: "staging", statusCode: "500", outcome: "error" }),
    point(7, "request", { ...request, workerName: "other", statusCode: "500", outcome: "error" }),
    // Killed: it wrote no request point. A finished invocation wrote one, and is not counted twice.
    point(8, "invocation", { eventType: "fetch", outcome: "exceededCpu", endpoint: "/api/projects" }),
    point(9, "invocation", { eventType: "fetch", outcome: "ok" }),
    point(10, "invocation", { eventType: "queue", outcome: "exceededCpu" }),
    point(11, "queue", { queue: "agent-jobs", okCount: 7, deadCount: 2, retriedCount: 4, slowCount: 3, outcome: "dead" }),
    point(12, "queue", { queue: "agent-jobs", okCount: 10, outcome: "ok", sampleWeight: 2 }),
    point(13, "sandbox", { event: "provisioned", outcome: "ok", provisionMs: 1_999 }),
    point(14, "sandbox", { event: "provisioned", outcome: "ok", provisionMs: 2_000 }),
    point(15, "sandbox", { event: "executed", outcome: "timeout", execMs: 9_000 }),
    point(16, "sandbox", { event: "executed", outcome: "failed", execMs: 5 }),
    point(17, "custom", { name: "agent_execution", value: 29_999 }),
    point(18, "custom", { name: "agent_execution", value: 30_000 }),
    point(19, "custom", { name: "tasks_completed", value: 1 }),
    // The next minute: one request alone shows that everything else was idle, not unmeasured.
    point(61, "request", request),
  ]);
});

afterAll(() => server.close());

async function measured(): Promise<{ slices: Slice[]; versions: ReturnType<typeof versionCounts> }> {
  const port = createSqlApi({ url: server.sqlUrl, token: server.token, dataset: "monotask" });
  const result = await port.run(measurementQuery(slos, RANGE));
  if (result.kind !== "rows") throw new Error(JSON.stringify(result));
  return { slices: slicesFromRows(slos, result.rows), versions: versionCounts(readableRows(result.rows)) };
}

describe("the shipped catalogue on a real engine", () => {
  it("counts good and all events of every objective from one query", async () => {
    const { slices } = await measured();
    const first = slices.filter((slice) => slice.minute === FROM_MINUTE);
    expect(Object.fromEntries(first.map((slice) => [slice.sloName, [slice.good, slice.total]]))).toEqual({
      "api-availability": [12, 15],
      "database-availability": [30, 31],
      "api-gateway-latency": [12, 14],
      "task-operations-latency": [0, 1],
      "agent-execution-p95": [1, 2],
      "agent-execution-p99": [2, 2],
      "queue-processing": [26, 29],
      "d1-queries-p95": [21, 31],
      "d1-queries-p99": [31, 31],
      "overall-error-rate": [12, 16],
      "queue-success": [27, 29],
      "sandbox-provisioning": [1, 2],
      "sandbox-timeouts": [1, 2],
    });
  });

  it("carries the variance that sampling leaves: a point of weight w for n events adds w(w−1)n²", async () => {
    const { slices } = await measured();
    const of = (name: string): Slice | undefined => slices.find((slice) => slice.sloName === name);
    expect(of("api-availability")?.varTotal).toBe(10 * 9);
    expect(of("database-availability")?.varTotal).toBe(10 * 9 * 3 ** 2);
    expect(of("queue-success")?.varTotal).toBe(2 * 1 * 10 ** 2);
  });

  it("counts deliveries that were not retried, where an objective asks for them", async () => {
    const written = `apiVersion: monotask.dev/v1
slos:
  - name: queue-retries
    service: queue
    indicator: { kind: queue, filter: { queue: agent-jobs }, good: no-retry }
    target: "95%"
    window: 7d`;
    const { slos: own, issues } = parseSlos([{ file: "retries.yaml", text: written }]);
    expect(issues).toEqual([]);
    const port = createSqlApi({ url: server.sqlUrl, token: server.token, dataset: "monotask" });
    const result = await port.run(measurementQuery(own, RANGE));
    if (result.kind !== "rows") throw new Error(JSON.stringify(result));
    const slice = slicesFromRows(own, result.rows).find(({ minute }) => minute === FROM_MINUTE);
    expect([slice?.good, slice?.total]).toEqual([29, 33]);
  });

  it("knows an idle minute from one that was not measured", async () => {
    const { slices } = await measured();
    const second = slices.filter((slice) => slice.minute === FROM_MINUTE + 1);
    expect(second).toHaveLength(13);
    expect(second.find((slice) => slice.sloName === "queue-success")).toMatchObject({ total: 0, good: 0 });
  });

  it("counts requests by version", async () => {
    const { versions } = await measured();
    const own = versions.filter(({ worker, environment }) => worker === "monotask-demo" && environment === "production");
    expect(own.map(({ version, total, bad }) => [version, total, bad])).toEqual([
      ["v1", 14, 2],
      ["v2", 1, 1],
      ["v1", 1, 0],
    ]);
  });

  it("fits the SQL API's shorter limit of 10 KiB", () => {
    expect(compileSql(measurementQuery(slos, RANGE), "monotask").length).toBeLessThan(10_240);
  });
});

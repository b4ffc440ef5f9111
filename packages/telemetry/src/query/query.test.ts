import { startAnalyticsEngine, type AnalyticsEngineServer, type TimedDataPoint } from "@monotask/analytics-engine-local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePoint } from "../write/encode.ts";
import type { PointFields } from "../schema/schema.ts";
import { compileSql } from "./compile-sql.ts";
import { defineQuery, type Query, type Row } from "./query.ts";
import { createSqlApi, type QueryPort } from "./sql-api.ts";

const START_MS = Date.UTC(2026, 10, 24, 3, 0);
const MINUTE_MS = 60_000;
const RANGE = { fromMs: START_MS, toMs: START_MS + 10 * MINUTE_MS };
const IDENTITY = { workerName: "api", version: "v1", environment: "production", team: "core" };

let engine: AnalyticsEngineServer;
let port: QueryPort;

beforeAll(async () => {
  engine = await startAnalyticsEngine({ port: 0, data: { kind: "memory" }, token: "t" });
  port = createSqlApi({ url: engine.sqlUrl, token: "t", dataset: "monotask" });
  await engine.write("monotask", [
    request(0, { endpoint: "/api/tasks", statusCode: "200", durationMs: 10, sampleWeight: 10 }),
    request(0, { endpoint: "/api/tasks", statusCode: "200", durationMs: 30, sampleWeight: 10 }),
    request(1, { endpoint: "/api/tasks", statusCode: "500", durationMs: 900 }),
    request(2, { endpoint: "/api/o'brien\\", statusCode: "404", durationMs: 200 }),
    point(2, "error", { fingerprint: "f1", message: "boom" }),
    { ...request(3, { durationMs: 1 }), blobs: unknownVersion(request(3, { durationMs: 1 }).blobs) },
  ]);
});

afterAll(() => engine.close());

describe("a typed query, answered by ClickHouse", () => {
  it("counts events by their weights, rows as rows", async () => {
    expect(await rows({ select: { events: { measure: "count" }, stored: { measure: "rows" } } })).toEqual([
      { events: 22, stored: 4 },
    ]);
  });

  it("gives the variance of the count under independent thinning, Σw(w−1)", async () => {
    expect(await rows({ select: { variance: { measure: "variance" } } })).toEqual([{ variance: 180 }]);
  });

  it("counts what a condition names beside the whole, so that a ratio comes of one scan", async () => {
    const bad = { op: ">=", field: "statusCode", value: "500" } as const;
    expect(await rows({ select: { bad: { measure: "count", where: bad }, all: { measure: "count" } } })).toEqual([
      { bad: 1, all: 22 },
    ]);
  });

  it("weights sums, means and quantiles", async () => {
    const select = {
      sum: { measure: "sum", field: "durationMs" },
      mean: { measure: "mean", field: "durationMs" },
      p50: { measure: "quantile", field: "durationMs", q: 0.5 },
      most: { measure: "max", field: "durationMs" },
    } as const;
    expect(await rows({ select })).toEqual([{ sum: 1500, mean: 1500 / 22, p50: 30, most: 900 }]);
  });

  it("groups the past in longer intervals than the present", async () => {
    const coarser = [
      { beforeMs: START_MS + 2 * MINUTE_MS, seconds: 120 },
      { beforeMs: START_MS + MINUTE_MS, seconds: 86_400 },
    ];
    const groupBy = { step: { by: "time", seconds: 60, coarser } } as const;
    const found = await rows({
      groupBy,
      select: { events: { measure: "count" } },
      orderBy: [{ column: "step", direction: "asc" }],
    });
    expect(found).toEqual([
      { step: START_MS / 1_000 - 3 * 3_600, events: 20 },
      { step: START_MS / 1_000, events: 1 },
      { step: START_MS / 1_000 + 120, events: 1 },
    ]);
  });

  it("gives the text of a group's newest point", async () => {
    const select = { route: { measure: "newest", field: "endpoint" } } as const;
    expect(await rows({ select, toMs: START_MS + 2 * MINUTE_MS })).toEqual([{ route: "/api/tasks" }]);
    expect(await rows({ select, toMs: START_MS + 3 * MINUTE_MS })).toEqual([{ route: "/api/o'brien\\" }]);
  });

  it("says to the second when the first and last point of a group were written", async () => {
    const select = { firstSecond: { measure: "first" }, lastSecond: { measure: "last" } } as const;
    const found = await rows({
      groupBy: { endpoint: { by: "field", field: "endpoint" } },
      select,
      orderBy: [{ column: "firstSecond", direction: "asc" }],
    });
    const second = START_MS / 1000;
    expect(found).toEqual([
      { endpoint: "/api/tasks", firstSecond: second, lastSecond: second + 60 },
      { endpoint: "/api/o'brien\\", firstSecond: second + 120, lastSecond: second + 120 },
    ]);
  });

  it("groups by field, time and threshold", async () => {
    const found = await rows({
      groupBy: {
        minute: { by: "time", seconds: 60 },
        slow: { by: "bucket", field: "durationMs", thresholds: [200] },
      },
      select: { events: { measure: "count" } },
      orderBy: [{ column: "minute", direction: "asc" }],
    });
    const minute = START_MS / 1000;
    expect(found).toEqual([
      { minute, slow: 0, events: 20 },
      { minute: minute + 60, slow: 1, events: 1 },
      { minute: minute + 120, slow: 1, events: 1 },
    ]);
  });

  it("takes any text as a value, quotes and backslashes too", async () => {
    const where = [{ op: "=", field: "endpoint", value: "/api/o'brien\\" }] as const;
    expect(await rows({ where, select: { events: { measure: "count" } } })).toEqual([{ events: 1 }]);
  });

  it("combines conditions", async () => {
    const where = [
      {
        op: "or",
        conditions: [
          { op: "in", field: "statusCode", values: ["404", "418"] },
          { op: ">", field: "durationMs", value: 500 },
        ],
      },
    ] as const;
    expect(await rows({ where, select: { events: { measure: "count" } } })).toEqual([{ events: 2 }]);
  });

  it("ends before `toMs`: neighbouring ranges share no point", async () => {
    const half = { fromMs: START_MS, toMs: START_MS + MINUTE_MS };
    expect(await rows({ ...half, select: { events: { measure: "count" } } })).toEqual([{ events: 20 }]);
  });

  it("leaves out points of a version that it does not know, and shows them where it is asked to", async () => {
    const found = await rows({
      anySchemaVersion: true,
      groupBy: { version: { by: "field", field: "schemaVersion" } },
      select: { stored: { measure: "rows" } },
      orderBy: [{ column: "version", direction: "asc" }],
    });
    expect(found).toEqual([
      { version: "1", stored: 4 },
      { version: "99", stored: 1 },
    ]);
  });

  it("says that there is no data where nothing was ever written", async () => {
    const elsewhere = createSqlApi({ url: engine.sqlUrl, token: "t", dataset: "never_written" });
    expect(await elsewhere.run(query({ select: { events: { measure: "count" } } }))).toEqual({ kind: "no-data" });
  });
});

describe("a query that cannot be compiled", () => {
  const count = { events: { measure: "count" } } as const;
  it.each([
    ["an unknown field", { where: [{ op: "=", field: "colour", value: "red" }], select: count }, 'no field "colour"'],
    ["an unknown kind", { kinds: ["requests"], select: count }, 'there is no kind "requests"'],
    ["nothing to select", { select: {} }, "select at least one measure"],
    ["an empty range", { ...RANGE, toMs: RANGE.fromMs, select: count }, "must lie before toMs"],
    ["a text where a number belongs", { select: { p: { measure: "mean", field: "endpoint" } } }, "is text; a number field"],
    ["an order by what is not selected", { select: count, orderBy: [{ column: "x", direction: "asc" }] }, "selected column"],
    [
      "an operator that is none",
      { where: [{ op: "LIKE", field: "endpoint", value: "%" }], select: count },
      '"LIKE" is no operator',
    ],
    ["a name that is SQL", { select: { "x; DROP TABLE m": { measure: "count" } } }, "x; DROP TABLE m"],
    ["an impossible quantile", { select: { p: { measure: "quantile", field: "durationMs", q: 95 } } }, "such as 0.95"],
  ])("for %s names it", (_what, parts, words) => {
    // Queries come from files and forms too, so what the types forbid is checked when it runs.
    const untyped = { kinds: ["request"], ...RANGE, ...parts } as unknown as Query;
    expect(() => compileSql(untyped, "monotask")).toThrow(words);
  });

  it("for a dataset that is no name names it", () => {
    expect(() => compileSql(query({ select: count }), "mono task; --")).toThrow("mono task; --");
  });
});

type Parts = Omit<Query<"request">, "kinds" | "fromMs" | "toMs"> & Partial<Pick<Query, "fromMs" | "toMs">>;

function query(parts: Parts): Query {
  return defineQuery<"request">({ kinds: ["request"], ...RANGE, ...parts });
}

async function rows(parts: Parts): Promise<readonly Row[]> {
  const result = await port.run(query(parts));
  if (result.kind !== "rows") throw new Error(`${result.kind}: ${result.kind === "failed" ? result.message : ""}`);
  return result.rows;
}

function request(minute: number, fields: PointFields<"request">): TimedDataPoint {
  return point(minute, "request", fields);
}

function point<K extends "request" | "error">(minute: number, kind: K, fields: PointFields<K>): TimedDataPoint {
  return { ...encodePoint(kind, { ...IDENTITY, ...fields }), timestamp: START_MS + minute * MINUTE_MS };
}

function unknownVersion(blobs: TimedDataPoint["blobs"]): string[] {
  return (blobs ?? []).map((blob, at) => (at === 6 ? "99" : typeof blob === "string" ? blob : ""));
}

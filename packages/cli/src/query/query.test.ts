import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import type { AnalyticsEngineServer } from "@monotask/analytics-engine-local";
import { encodePoint } from "@monotask/telemetry";
import type { Kind, PointFields } from "@monotask/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { csv } from "../show/csv.ts";
import { shownNumber } from "@monotask/runbooks";
import { sparkline } from "../show/sparkline.ts";
import { freePort } from "../local/free-port.ts";
import { runCli } from "../test/run-cli.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
let engine: AnalyticsEngineServer;
let env: Record<string, string>;

beforeAll(async () => {
  engine = await startAnalyticsEngine({ port: 0 });
  env = { ANALYTICS_SQL_URL: engine.sqlUrl, ANALYTICS_API_TOKEN: engine.token };
  await engine.write("monotask", [
    ...points("request", 40, (at) => ({
      endpoint: "/api/tasks",
      method: "GET",
      statusCode: "200",
      durationMs: 100 + at,
      requestId: `fast-${at}`,
    })),
    ...points("request", 10, (at) => ({
      endpoint: "/api/agents/:id/execute",
      method: "POST",
      statusCode: "200",
      durationMs: 1_300,
      dbQueryTimeMs: 900,
      requestId: `slow-${at}`,
      sampleWeight: 10,
    })),
    ...points("error", 1, () => ({
      endpoint: "/api/tasks",
      method: "POST",
      requestId: "broken",
      severity: "critical",
      errorName: "Error",
      message: "D1_ERROR: no such column: priority",
    })),
    ...points("custom", 6, (at) =>
      at < 4
        ? { name: "tasks_completed", value: 2, dimension1: "project_id=p1", dimension2: "state=completed" }
        : { name: "tasks_completed", value: 5, dimension1: "state=failed", dimension2: "project_id=p1" },
    ),
  ]);
});
afterAll(() => engine.close());

/** One point a minute, the newest a minute ago. */
function points<K extends Kind>(kind: K, count: number, fields: (at: number) => PointFields<K>): object[] {
  return Array.from({ length: count }, (_, at) => ({ ...encoded(kind, fields(at)), timestamp: NOW - (at + 1) * 60_000 }));
}

function encoded<K extends Kind>(kind: K, fields: PointFields<K>): object {
  return encodePoint(kind, { workerName: "api", environment: "production", team: "t", version: "v1", ...fields });
}

describe("monotask query", () => {
  it("shows a percentile by endpoint, with its unit and its course", async () => {
    const { code, out, err } = await runCli(["query", "--kind", "request", "--p95", "duration", "--count", "--by", "endpoint"], {
      env,
    });
    expect(err).toBe("");
    expect(code).toBe(0);
    const [head = "", first = "", second = ""] = out.split("\n");
    expect(head).toMatch(/^ENDPOINT +P95 DURATIONMS +COUNT POINTS +TREND$/);
    expect(first).toMatch(/^\/api\/agents\/:id\/execute +1\.3 s +100 +/);
    expect(second).toMatch(/^\/api\/tasks +137 ms +40 +/);
    expect(
      Math.max(
        ...out
          .split("\n")
          .slice(0, 3)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(out).toContain("one bar for 3m");
  });

  it("gives machines exact numbers, as JSON and as CSV", async () => {
    const words = ["query", "--kind", "request", "--max", "duration", "--where", "endpoint=/api/tasks"];
    expect(JSON.parse((await runCli([...words, "--json"], { env })).out)).toEqual([{ max_durationMs: 139 }]);
    expect((await runCli([...words, "--csv", "--by", "worker"], { env })).out).toBe("workerName,max_durationMs\r\napi,139");
  });

  it("groups a custom metric by a dimension, wherever its callers wrote it", async () => {
    const { out } = await runCli(["query", "--metric", "tasks_completed", "--sum", "--by", "state", "--json"], { env });
    expect(JSON.parse(out)).toEqual([
      { state: "failed", sum_value: 10 },
      { state: "completed", sum_value: 8 },
    ]);
    const whole = await runCli(["query", "--metric", "tasks_completed", "--sum", "--by", "project_id", "--json"], { env });
    expect(JSON.parse(whole.out)).toEqual([{ project_id: "p1", sum_value: 18 }]);
    const p95 = await runCli(["query", "--metric", "tasks_completed", "--p95", "--by", "project_id"], { env });
    expect(p95.err).toContain("p95_value cannot be put together");
  });

  it("runs SQL as it is", async () => {
    const { out } = await runCli(
      ["query", "SELECT blob3 AS endpoint, count() AS n FROM monotask WHERE blob6 = 'request' GROUP BY endpoint ORDER BY n DESC"],
      { env },
    );
    expect(out.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["ENDPOINT", "N"],
      ["/api/tasks", "40"],
      ["/api/agents/:id/execute", "10"],
    ]);
  });

  it("tells a dataset that nothing was written to from one without a fitting row", async () => {
    const { code, out, err } = await runCli(["query", "SELECT blob1 FROM monotsk"], { env });
    expect(err).toContain("nothing was ever written to that dataset");
    expect([code, out]).toEqual([0, "No rows."]);
    expect((await runCli(["query", "SELECT blob1 FROM monotask WHERE blob1 = 'none'"], { env })).err).toBe("");
  });

  it("says where the local stack was looked for when nobody answers", async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/client/v4/accounts/local/analytics_engine/sql`;
    const { code, err } = await runCli(["query", "SELECT 1", "--local"], { env: { ANALYTICS_SQL_URL: url } });
    expect(err).toContain(`(ECONNREFUSED). Nothing listens at http://127.0.0.1:${port}: start monotask dev`);
    expect(code).toBe(1);
  });

  it.each([
    [["--kind", "request", "--p95", "speed"], 'request has no field "speed"', 2],
    [["--kind", "request", "--where", "status~5"], "is no condition; write it as status>=500", 2],
    [["--kind", "request", "--where", "duration>fast"], 'durationMs is a number, "fast" is none', 2],
    [["--kind", "request", "--since", "yesterday"], '--since "yesterday" is no duration', 2],
    [["--metric", "tasks_completed", "--by", "colour"], 'has the dimension "colour"', 1],
    [["DROP TABLE monotask"], "Analytics Engine refused the query (422)", 1],
    [[], "name what to ask", 2],
  ])("says what is wrong with %j", async (words, message, exitCode) => {
    const { code, err } = await runCli(["query", ...words], { env });
    expect(err).toContain(message);
    expect(code).toBe(exitCode);
  });

  it("does not take silence for zero", async () => {
    expect((await runCli(["query", "--kind", "queue"], { env })).out).toContain("No queue points in this time");
    expect((await runCli(["query", "--kind", "queue", "--dataset", "nothing_yet"], { env })).out).toContain("No queue points");
  });

  it.each([
    [["query", "--kind", "request", "--p95", "nope"], "nope"],
    [["query", "--kind", "request", "--where", "a"], '"a"'],
    [["query", "--kind", "request", "--since", "soon"], '--since "soon"'],
    [["tail", "--slow", "1"], '--slow "1"'],
  ])("says what is wrong with %j before what is missing to ask it", async (words, wrong) => {
    const { err } = await runCli(words, { env: {} });
    expect(err).toContain(wrong);
    expect(err).not.toContain("CLOUDFLARE_ACCOUNT_ID");
  });

  it("names the variable that is missing and the token that is refused", async () => {
    expect((await runCli(["query", "--kind", "request"], { env: {} })).err).toContain("CLOUDFLARE_ACCOUNT_ID is not set");
    const refused = await runCli(["query", "--kind", "request"], { env: { ...env, ANALYTICS_API_TOKEN: "wrong-secret" } });
    expect(refused.err).toContain("refused the token (401): use a token with Account Analytics Read");
    expect(refused.err).not.toContain("wrong-secret");
  });
});

describe("monotask tail", () => {
  it("shows errors and slow requests once, oldest first, until it ends", async () => {
    let looks = 0;
    const sleep = (): Promise<boolean> => Promise.resolve((looks += 1) < 3);
    const { code, out } = await runCli(["tail", "--slow", "1s", "--since", "2m"], { env, io: { sleep } });
    expect(code).toBe(0);
    expect(looks).toBe(3);
    expect(out.split("\n")).toEqual([
      "11:58:00 slow  api POST /api/agents/:id/execute: 1.3 s (db 900 ms), 200 [slow-1]",
      "11:59:00 error api POST /api/tasks: Error: D1_ERROR: no such column: priority [broken]",
      "11:59:00 slow  api POST /api/agents/:id/execute: 1.3 s (db 900 ms), 200 [slow-0]",
    ]);
  });

  it("shows one worker only", async () => {
    const { out } = await runCli(["tail", "--worker", "other", "--json"], { env, io: { sleep: () => Promise.resolve(false) } });
    expect(out).toBe("");
  });
});

describe("what is shown", () => {
  it.each([
    [212.4, "ms", "212 ms"],
    [1_300, "ms", "1.3 s"],
    [90_000, "ms", "1.5 min"],
    [0.044, "ratio", "4.4 %"],
    [1_300, "count", "1.3 k"],
    [12_400_000, "bytes", "12.4 MB"],
    [Number.NaN, "ms", "no data"],
  ] as const)("says %d %s as %s", (value, unit, text) => {
    expect(shownNumber(value, unit)).toBe(text);
  });

  it("leaves a gap where nothing was measured", () => {
    expect(sparkline([0, undefined, 4, 8])).toBe("▁ ▅█");
  });

  it("keeps a spreadsheet from running what it reads", () => {
    expect(csv(["a", "b"], [['=cmd("x")', 'say "hi"']])).toBe('a,b\r\n"\'=cmd(""x"")","say ""hi"""');
  });
});

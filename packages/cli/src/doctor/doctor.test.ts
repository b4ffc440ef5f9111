import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import type { AnalyticsEngineServer } from "@monotask/analytics-engine-local";
import { encodePoint } from "@monotask/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAKE_ACCOUNT, startFakeCloudflare } from "../test/fake-cloudflare.ts";
import type { FakeCloudflare } from "../test/fake-cloudflare.ts";
import { runCli } from "../test/run-cli.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const PROJECT = {
  "wrangler.jsonc": '{ "name": "api", "main": "src/index.ts", "compatibility_date": "2026-10-01" }',
  "src/index.ts": "export default { fetch() {} };\n",
  "package.json": "{}\n",
};

describe("monotask doctor", () => {
  it("names what init would mend, and is content afterwards", async () => {
    const before = await runCli(["doctor"], { files: PROJECT });
    expect(before.code).toBe(1);
    expect(before.out).toContain(
      "✗ problem bindings: wrangler.jsonc lacks analytics_engine_datasets ANALYTICS\n            → monotask init",
    );
    expect(before.out).toContain("src/index.ts is not wrapped in monitor(): nothing is measured");
    const { files } = await runCli(["init", "--yes"], { files: PROJECT });
    const after = await runCli(["doctor"], { files });
    expect(after.out).toContain("0 problems, 1 warning");
    expect(after.code).toBe(0);
  });

  it("looks at the entry of a worker in a folder of its own", async () => {
    const files = Object.fromEntries(Object.entries(PROJECT).map(([file, text]) => [`api/${file}`, text]));
    const { out } = await runCli(["doctor", "--config", "api/wrangler.jsonc"], { files });
    expect(out).toContain("✗ problem code: api/src/index.ts is not wrapped in monitor(): nothing is measured");
  });

  it("says that an entry is not there", async () => {
    const { out } = await runCli(["doctor"], { files: { "wrangler.jsonc": PROJECT["wrangler.jsonc"] } });
    expect(out).toContain('! warning code: src/index.ts, the "main" of wrangler.jsonc, is not there');
  });

  it.each([
    [
      "a secret in vars",
      { vars: { SLACK_WEBHOOK_URL: "https://hooks.slack.com/x" } },
      "SLACK_WEBHOOK_URL stands in vars, for everyone to read",
    ],
    ["a var that cannot be used", { vars: { METRICS_SAMPLING_RATE: "ten" } }, 'METRICS_SAMPLING_RATE is "ten"'],
    ["a queue without dead letters", { queues: { consumers: [{ queue: "jobs" }] } }, "queue jobs has no dead_letter_queue"],
    ["queue ids that are none", { vars: { QUEUE_IDS: '{"jobs":"jobs"}' } }, "QUEUE_IDS: the id of jobs is not 32 hex digits"],
    ["an old date", { compatibility_date: "2024-01-01" }, "has no AsyncLocalStorage"],
    ["Logpush on the free plan", { logpush: true }, '"logpush" needs the paid plan'],
    ["tail consumers on the free plan", { tail_consumers: [{ service: "x" }] }, "tail_consumers need the paid plan"],
    [
      "too many crons",
      { triggers: { crons: ["1 * * * *", "2 * * * *", "3 * * * *", "4 * * * *", "5 * * * *", "6 * * * *"] } },
      "6 cron triggers, 5 are allowed on the free plan",
    ],
  ])("finds %s, and says how to mend it", async (_what, extra, message) => {
    const config = JSON.stringify({ name: "api", compatibility_date: "2026-10-01", ...extra });
    const { out } = await runCli(["doctor"], { files: { "wrangler.jsonc": config } });
    const lines = out.split("\n");
    const at = lines.findIndex((line) => line.includes(message));
    expect(at, out).toBeGreaterThanOrEqual(0);
    expect(lines[at + 1]).toContain("→ ");
  });
});

describe("monotask doctor on an account", () => {
  let cloudflare: FakeCloudflare;
  let engine: AnalyticsEngineServer;
  let env: Record<string, string>;
  beforeAll(async () => {
    [cloudflare, engine] = await Promise.all([startFakeCloudflare(), startAnalyticsEngine({ port: 0 })]);
    env = {
      CLOUDFLARE_ACCOUNT_ID: FAKE_ACCOUNT,
      CLOUDFLARE_API_TOKEN: cloudflare.token,
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
      ANALYTICS_SQL_URL: engine.sqlUrl,
      ANALYTICS_API_TOKEN: engine.token,
    };
    const request = encodePoint("request", {
      workerName: "api",
      environment: "production",
      team: "t",
      version: "v",
      durationMs: 20,
      kvWrites: 3,
      sampleWeight: 10,
    });
    await engine.write(
      "monotask",
      Array.from({ length: 30 }, (_, at) => ({ ...request, timestamp: NOW - 120_000 - at * 1_000 })),
    );
    cloudflare.state.secrets.set("monotask-evaluator", new Map([["ANALYTICS_API_TOKEN", "x"]]));
  });
  afterAll(() => Promise.all([cloudflare.close(), engine.close()]));

  it("looks at secrets, Access, Logpush and the heartbeat", async () => {
    const { code, out } = await runCli(["doctor", "--plan", "paid"], { env, files: PROJECT });
    expect(code).toBe(1);
    for (const line of [
      "✓ ok      secrets: monotask-evaluator has ANALYTICS_API_TOKEN",
      "monotask-evaluator has no MONOTASK_API_TOKEN: the API answers 403",
      "no Access application guards monotask-dashboard",
      "there is no Logpush job monotask-logs",
      "✓ ok      heartbeat: the last data point is 2 min old",
    ])
      expect(out).toContain(line);
  });

  it("says when data has stopped", async () => {
    const { out } = await runCli(["doctor"], { env, files: PROJECT, io: { now: () => NOW + 3_600_000 } });
    expect(out).toContain("✗ problem heartbeat: the last data point is 62 min old");
  });

  it("says what it could not look at, instead of guessing", async () => {
    cloudflare.forbidden.push(/^\/access/);
    const { out } = await runCli(["doctor"], { env, files: PROJECT });
    cloudflare.forbidden.length = 0;
    expect(out).toContain("! warning Access: not looked at: CLOUDFLARE_API_TOKEN may not GET /access/apps (403)");
  });

  it("shows what the free plan lacks and how much of each quota is used", async () => {
    const { out } = await runCli(["doctor", "--plan", "free"], { env, files: PROJECT });
    expect(out).toContain("tail handler: CPU time");
    expect(out).toMatch(/Worker requests +300 +100 k +0\.3 %/);
    expect(out).toMatch(/Analytics Engine points +30 +100 k +0\.03 %/);
    expect(out).toMatch(/KV writes +900 +1 k +90 % +write less often/);
  });

  it("lists each token's permissions, and flags what one has too many", async () => {
    const tight = await runCli(["doctor", "--tokens"], { env });
    expect(tight.out).toMatch(/evaluator +ANALYTICS_API_TOKEN +Account Analytics: Read/);
    expect(tight.out).toMatch(/your workers +none +\(none\)/);
    expect(tight).toMatchObject({ code: 0 });
    const wide = await runCli(["doctor", "--tokens"], { env: { ...env, ANALYTICS_API_TOKEN: cloudflare.token } });
    expect(wide.out).toContain("ANALYTICS_API_TOKEN also reaches Workers KV Storage, D1, Queues, Logs");
    expect(wide.code).toBe(1);
  });
});

describe("monotask d1 audit", () => {
  const files = {
    "schema.sql": "CREATE TABLE tasks (id TEXT PRIMARY KEY, project_id TEXT, state TEXT, created_at INTEGER, title TEXT);",
    "slow.sql":
      "SELECT * FROM tasks WHERE project_id = ? ORDER BY created_at DESC;\nSELECT * FROM tasks WHERE id = ?\nSELECT title FROM tasks t WHERE t.title LIKE '%x%'\nSELECT nope FROM tasks",
  };

  it("names the index that SQLite takes when it is there", async () => {
    const { code, out } = await runCli(["d1", "audit", "--queries", "slow.sql", "--schema", "schema.sql"], { files });
    expect(code).toBe(1);
    expect(out).toContain(
      '→ missing index: CREATE INDEX "tasks_by_project_id_created_at" ON "tasks" ("project_id", "created_at");',
    );
    expect(out).toContain("→ reads t whole, and no single index helps: narrow the query");
    expect(out).toContain("cannot be planned: no such column: nope");
    expect(out).toContain("4 queries (1 cannot be planned), 1 missing index.");
  });

  it("is content once the index is there", async () => {
    const withIndex = {
      ...files,
      "schema.sql": `${files["schema.sql"]} CREATE INDEX i ON tasks (project_id, created_at);`,
      "slow.sql": '{"sql":"SELECT * FROM tasks WHERE project_id = ? ORDER BY created_at"}',
    };
    expect(await runCli(["d1", "audit", "--queries", "slow.sql", "--schema", "schema.sql"], { files: withIndex })).toMatchObject({
      code: 0,
    });
  });
});

it.each([
  [{ "q.sql": "SELECT 1", "s.sql": "CREATE TABL" }, 'the schema cannot be made (near "TABL": syntax error): CREATE TABL'],
  [{ "q.sql": "\r\n-- none\r\n", "s.sql": "" }, "q.sql holds no query"],
  [
    { "q.sql": 'SELECT 1\n{"sql": 5}', "s.sql": "" },
    'q.sql: line 2 begins with { and is no JSON object with a statement under "sql"',
  ],
])("monotask d1 audit names the fix for %j", async (files, message) => {
  const { code, err } = await runCli(["d1", "audit", "--queries", "q.sql", "--schema", "s.sql"], { files });
  expect(err).toContain(message);
  expect(code).toBe(1);
});

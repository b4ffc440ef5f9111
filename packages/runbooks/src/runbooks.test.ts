import { readdirSync, readFileSync } from "node:fs";
import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import type { AnalyticsEngineServer } from "@monotask/analytics-engine-local";
import { createSqlApi } from "@monotask/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstDiagnosis, parseRunbook, queryOf, readStep } from "./index.ts";
import type { QueryStep, Reading, Runbook } from "./index.ts";
import { COVERS, MAINTENANCE } from "./test/covers.ts";
import { NOW, WORLDS } from "./test/worlds.ts";
import type { WorldName } from "./test/worlds.ts";

const FOLDER = new URL("../../../runbooks/", import.meta.url);
const books = new Map<string, Runbook>();
for (const file of readdirSync(FOLDER).sort()) {
  const { runbook, issues } = parseRunbook(readFileSync(new URL(file, FOLDER), "utf8"), file.replace(/\.md$/, ""));
  if (issues.length > 0) throw new Error(`${file}: ${JSON.stringify(issues)}`);
  books.set(runbook.name, runbook);
}

describe("the runbooks", () => {
  it("are the specification's five, and maintenance", () => {
    expect([...books.keys()]).toEqual([...Object.keys(COVERS), "maintenance"].sort());
    expect(Object.values(COVERS).flat()).toHaveLength(25);
  });

  it.each(Object.entries(COVERS).flatMap(([name, covers]) => covers.map((bullet) => [name, bullet] as const)))(
    "%s covers: %s, with a block that runs",
    (name, bullet) => {
      const book = bookOf(name);
      expect(book.sections.filter(({ title }) => title === bullet)).toHaveLength(1);
      expect(book.steps.filter(({ path }) => path.includes(bullet)).length).toBeGreaterThan(0);
    },
  );

  it.each(Object.entries(MAINTENANCE).flatMap(([often, tasks]) => tasks.map((task) => [often, task] as const)))(
    "maintenance has, %s: %s, with a block that runs",
    (often, task) => {
      expect(bookOf("maintenance").steps.filter(({ path }) => path[0] === often && path[1] === task).length).toBeGreaterThan(0);
    },
  );

  it.each(Object.keys(COVERS))("%s has the shape of every runbook", (name) => {
    const { sections } = bookOf(name);
    expect(sections.filter(({ depth }) => depth === 2).map(({ title }) => title)).toEqual([
      "Symptoms",
      "First five minutes",
      "Diagnose",
      "Mitigate",
      "Verify",
      "Escalate",
      "Afterwards",
    ]);
  });

  it.each([...books.keys()])("%s names its owner, reviewers and who answers within 15 min, 30 min and 1 h", (name) => {
    const { about } = bookOf(name);
    expect(about.owner).toBe("SRE Team");
    expect(about.reviewers).toEqual(["Engineering Team", "Product Team"]);
    expect(about.escalation.map(({ respondWithinMinutes }) => respondWithinMinutes)).toEqual([15, 30, 60]);
    expect(about.alerts.length).toBeGreaterThan(0);
  });

  it.each(Object.keys(COVERS))("%s has a first diagnosis, which an alert's message carries", (name) => {
    expect(firstDiagnosis(bookOf(name))).toBeDefined();
  });
});

/** For every query block: the fault that is switched on, and the cause that the reading must name. In the order of the page. */
const DIAGNOSES: Readonly<Record<string, readonly (readonly [WorldName, string])[]>> = {
  "high-error-rate": [
    ["broken_deploy", "90.9 % of errors are `D1_ERROR: no such column: priority` on POST /api/tasks, version 3f2a."],
    ["broken_deploy", "28.6 % of requests to /api/tasks fail: 60 of 210, 100 % of all failures."],
    ["broken_deploy", "90.9 % of errors are of category database (60 in the last 1h)"],
    ["broken_deploy", "One bug makes 90.9 % of errors: Error `D1_ERROR: no such column: priority` (fingerprint fp-column)"],
    ["broken_deploy", "The schema does not fit version 3f2a: `D1_ERROR: no such column: priority` (60 errors on /api/tasks)"],
    [
      "type_error",
      "Own code: TypeError `Cannot read properties of undefined (reading 'id')` makes 100 % of unclassified errors, version 9c1d",
    ],
    ["upstream_down", "api.anthropic.com fails: 220 of 220 calls (100 %), P95 30 s"],
    ["rate_limited", "/api/projects turns away 100 % of its requests with 429 (80 of 80)"],
    ["upstream_limits", "api.github.com limits us: 40 of 100 calls got 429 (40 %)"],
    ["broken_deploy", "Version 3f2a fails 100 % of its requests, the others 0 %: roll back"],
    ["upstream_down", "Open the circuit of api.anthropic.com in api: 100 % of 220 calls fail and each waits up to 30 s"],
    ["broken_deploy", "Not over: 60 of 210 requests failed"],
  ],
  "queue-backup": [
    ["queue_full", "agent-jobs holds up to 740 messages: critical (above 500)"],
    ["queue_poison", "agent-jobs fails: 30 % of 600 deliveries were retried, 60 messages are dead"],
    ["queue_full", "agent-jobs is congested: up to 740 wait, the oldest for 15 min; 500 were taken in 50 batches"],
    ["queue_full", "The consumer of agent-jobs is slow: P95 9 s a message (objective 5 s), the slowest 14 s"],
    ["queue_full", "agent-jobs needs more consumers: 740 wait, 100 % of messages succeed"],
    ["queue_poison", "60 messages of agent-jobs are dead, 100 % of them for one reason (fingerprint fp-poison)"],
    ["queue_poison", "30 poison messages in agent-jobs, all with fingerprint fp-poison, delivered up to 4 times"],
    ["queue_poison", "100 % of background errors are one bug: SyntaxError in "],
    ["queue_poison", "only 60 % of messages succeed"],
  ],
  "database-slow": [
    ["table_scan", "92.3 % of all database time is spent on /api/projects/:id/tasks: P95 380 ms a request, 60 requests"],
    ["table_scan", "100 % of 60 queries of /api/projects/:id/tasks take 100 ms or longer, 380 ms on average"],
    ["table_scan", "/api/projects/:id/tasks reads 48 k rows a query: an index is missing"],
    ["n_plus_one", "/api/projects sends 61 queries a request, 61 at most: an N+1 pattern"],
    ["table_scan", "Begin with /api/projects/:id/tasks: 380 ms of its 420 ms are the database's (90.5 %)"],
    ["table_scan", "Version 7b0e spends 380 ms a request in the database, the others 13 ms: roll back"],
    ["write_lock", "/api/import writes 100 % of all rows, 5 k a request, and waits 1.9 s (P95): it holds the write lock"],
    ["write_lock", "Writers wait for each other: 20 errors say `D1_ERROR: database is locked`"],
    ["table_scan", "Not over: 16.7 % of 360 queries still take 100 ms or longer"],
  ],
  "worker-timeout": [
    ["upstream_slow", "100 % of requests to /api/agents/:id/execute time out (60 of 60), P95 30 s"],
    ["cpu_killed", "api is killed for CPU: 40 invocations, P95 30 s of CPU"],
    [
      "upstream_slow",
      "100 % of timeouts are `api.anthropic.com gave no answer within 29 s` on /api/agents/:id/execute (agent execution)",
    ],
    ["cpu_killed", "100 % of invocations of api version 5e5e are killed for CPU, P95 30 s: profile that version"],
    ["upstream_slow", "api.anthropic.com does not answer in time: 60 of 60 calls (100 %), P95 29 s"],
    ["upstream_slow", "Move /api/agents/:id/execute to a queue: P95 30 s, and 96.7 % of it is waiting for another service"],
    ["cpu_killed", "/api/reports/:id spends its 2.4 s in its own code: 4.2 % is the database's, 0 % other services'"],
    ["upstream_slow", "Not over: 60 of 210 requests timed out"],
  ],
  "sandbox-stuck": [
    ["sandbox_loop", "Up to 24 sandboxes of agents are active (above 20)"],
    ["sandbox_loop", "66.7 % of what sandboxes of agents did timed out (40 of 60)"],
    ["sandbox_loop", "Sandboxes of agents do not end: 20 of 80 were destroyed, 10 are stuck"],
    ["sandbox_loop", "agents starts slowly: P95 6.4 s (objective 2 s)"],
    ["sandbox_loop", "task-loop loops: 100 % of timeouts in agents are its own, 3 attempts, 10 min of execution each"],
    ["sandbox_loop", "Clean up sb-9 of task-loop first: stuck in agents for 30 min"],
    ["sandbox_loop", "5 orphans in agents: they run and cost"],
    ["sandbox_loop", "agents is exhausted: 24 of 24 places taken, 12 callers refused, 7 waited up to 1.5 min"],
    ["sandbox_loop", "Not over: 40 of 60 timed out"],
  ],
  maintenance: [
    ["broken_deploy", "api spends more than a 99.9 % objective allows: 28.6 % of 210 requests failed"],
    ["healthy", "/api/tasks of api makes 100 % of requests: lower METRICS_SAMPLING_RATE there first"],
    ["noisy_rule", "queue-depth-warning (warning) makes 93.8 % of all alerts: 30 in the last 1h"],
  ],
};

describe("a reading", () => {
  it("shows what would make it read backwards as a character that does not belong there", () => {
    const step = queries(bookOf("high-error-rate"))[0];
    if (!step) throw new Error("no step");
    const row = { ...Object.fromEntries(step.by.map((name) => [name, "api\u202Egnp"])), errors: 9 };
    const { sentence } = readStep(step, [row], "1h");
    expect(sentence).toContain("api�gnp");
    expect(sentence).not.toContain("\u202E");
  });
});

describe("on a real engine with a fault switched on", () => {
  let engine: AnalyticsEngineServer;
  beforeAll(async () => {
    engine = await startAnalyticsEngine({ port: 0 });
    for (const [name, points] of Object.entries(WORLDS)) await engine.write(name, [...points]);
  });
  afterAll(() => engine.close());

  async function reading(step: QueryStep, world: WorldName): Promise<Reading> {
    const api = createSqlApi({ url: engine.sqlUrl, token: engine.token, dataset: world });
    const result = await api.run(queryOf(step, { fromMs: NOW - 3_600_000, toMs: NOW }));
    if (result.kind === "failed") throw new Error(result.message);
    return readStep(step, result.kind === "rows" ? result.rows : [], "1h");
  }

  const cases = [...books.values()].flatMap((book) =>
    queries(book).map((step, at) => [book.name, step.number, step.title, step, DIAGNOSES[book.name]?.[at]] as const),
  );

  it.each(cases)("%s step %i, %s, names the cause", async (_name, _number, _title, step, expected) => {
    if (!expected) throw new Error("this block has no fault in the table: say what it must find");
    const [world, sentence] = expected;
    expect((await reading(step, world)).sentence).toContain(sentence);
  });

  it.each(cases.filter(([name]) => name !== "maintenance"))(
    "%s step %i, %s, blames nothing in a healthy hour",
    async (_name, _number, _title, step) => {
      const { isCause, sentence } = await reading(step, "healthy");
      expect(isCause, sentence).toBe(false);
    },
  );

  it("says that nothing was measured where nothing was", async () => {
    const step = queries(bookOf("queue-backup"))[1];
    if (!step) throw new Error("no step");
    const empty = await reading({ ...step, where: [{ op: "=", field: "workerName", value: "nobody" }] }, "healthy");
    expect(empty).toMatchObject({
      rows: [],
      isCause: false,
      sentence: "No queue points in the last 1h: nothing to read, which is not the same as healthy.",
    });
  });
});

function bookOf(name: string): Runbook {
  const book = books.get(name);
  if (!book) throw new Error(`no runbook ${name}`);
  return book;
}

function queries(book: Runbook): QueryStep[] {
  return book.steps.filter((step) => step.type === "query");
}

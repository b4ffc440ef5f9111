import { applyD1Migrations, createExecutionContext, createScheduledController, reset, type D1Migration } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { AlertSignal, RaiseBatch } from "@monotask/alerts";
import { parseSlos } from "@monotask/slo";
import type { Query, QueryResult, Row } from "@monotask/telemetry";
import { createLogger, systemClock } from "@monotask/telemetry";
import { beforeEach, describe, expect, it } from "vitest";
import worker from "./index.ts";
import { createSloStore } from "./store.ts";
import { runSteps } from "./ticks/step.ts";
import { runTick } from "./tick.ts";
import type { TickDeps } from "./tick.ts";

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the generated types are a namespace
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
      MONOTASK_API_TOKEN: string;
    }
  }
}

const SPEC = `
apiVersion: monotask.dev/v1
slos:
  - name: availability
    service: api
    indicator: { kind: request, filter: { worker: api }, good: availability }
    target: "99.9%"
    window: 30d
    runbook: runbooks/high-error-rate.md
`;
const { slos } = parseSlos([{ file: "slos.yaml", text: SPEC }]);
const START = 29_000_000;
const MINUTE_MS = 60_000;

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

describe("a tick", () => {
  it("stores the counts of closed minutes and says that all is well while nothing fails", async () => {
    const stack = evaluator(() => 0);
    expect(await stack.tickAt(START)).toBe("decided");
    const { slos: statuses } = await stack.store.statuses();
    expect(statuses).toMatchObject([{ name: "availability", state: "ok", minute: START - 2 }]);
    expect(stack.signals()).toEqual([]);
  });

  it("raises a page once failures burn the budget, and resolves it when they have left the short window", async () => {
    const stack = evaluator((minute) => (minute >= START + 10 && minute < START + 15 ? 50 : 0));
    for (let minute = START; minute < START + 30; minute += 1) await stack.tickAt(minute);
    const page = stack.signals().filter((signal) => signal.name === "slo:availability:page-fast");
    expect(page.map((signal) => signal.status).filter((status, at, all) => status !== all[at - 1])).toEqual([
      "firing",
      "resolved",
    ]);
    expect(page[0]).toMatchObject({
      labels: { worker: "api", symptom: "availability", severity: "critical", environment: "production" },
      runbookUrl: "runbooks/high-error-rate.md",
    });
  });

  it("that runs twice for one minute measures once and tells once", async () => {
    const stack = evaluator((minute) => (minute >= START - 5 ? 50 : 0));
    expect(await stack.tickAt(START)).toBe("decided");
    expect(await stack.tickAt(START)).toBe("repeated");
    expect(stack.queries).toHaveLength(1);
    expect(stack.batches.map((batch) => batch.id)).toEqual([`tick:${START - 2}`]);
  });

  it("older than one that was decided changes nothing", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    expect(await stack.tickAt(START - 3)).toBe("stale");
    expect(stack.queries).toHaveLength(1);
  });

  it("tells on the next tick what AlertManager did not take", async () => {
    const stack = evaluator((minute) => (minute >= START - 5 ? 50 : 0));
    stack.refuseRaises(true);
    await stack.tickAt(START);
    stack.refuseRaises(false);
    await stack.tickAt(START + 1);
    expect(stack.batches.map((batch) => batch.id)).toEqual([`tick:${START - 2}`, `tick:${START - 1}`]);
  });

  it("catches up the minutes of ticks that were missed", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    await stack.tickAt(START + 20);
    const stored = await stack.store.slices(1, START, START + 30);
    expect(stored.map((slice) => slice.minute)).toEqual(Array.from({ length: 19 }, (_, at) => START + at));
  });

  it("sums minutes into five minutes and hours, so that long windows need few rows", async () => {
    const stack = evaluator(() => 1);
    for (let minute = START; minute < START + 12; minute += 1) await stack.tickAt(minute);
    const five = await stack.store.slices(5, START, START + 5);
    expect(five).toMatchObject([{ total: 500, good: 495, measuredMinutes: 5 }]);
  });

  it("that cannot measure raises one alert for blindness, keeps every status, and ends it when it sees again", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    stack.answerWith({ kind: "failed", code: "unavailable", message: "Analytics Engine answered 502", isRetryable: true });
    expect(await stack.tickAt(START + 1)).toBe("blind");
    expect((await stack.store.statuses()).minute).toBe(START - 2);
    stack.answerWith(undefined);
    await stack.tickAt(START + 2);
    expect(stack.signals().map(({ name, status }) => `${name} ${status}`)).toEqual([
      "monitoring:blind firing",
      "monitoring:blind resolved",
    ]);
  });
});

describe("the steps of a tick", () => {
  it("stand alone: one that fails is logged by name, stops no other, and the closing steps hear of it", async () => {
    const lines: string[] = [];
    const done: string[] = [];
    const logger = createLogger({
      workerName: "test",
      level: "info",
      clock: systemClock,
      write: (line) => lines.push(line),
    });
    const failed = await runSteps(
      { logger },
      [
        {
          name: "throws",
          run: () => {
            throw new Error("no collector");
          },
        },
        { name: "rejects", run: () => Promise.reject(new Error("away")) },
        { name: "works", run: () => Promise.resolve(void done.push("works")) },
      ],
      [{ name: "heartbeat", run: (_, names) => Promise.resolve(void done.push(`after ${names.join()}`)) }],
    );
    expect(failed).toEqual(["throws", "rejects"]);
    expect(done).toEqual(["works", "after throws,rejects"]);
    expect(lines.join()).toContain("no collector");
  });
});

describe("the HTTP surface", () => {
  it("refuses callers without the token, and answers those who have it", async () => {
    expect((await exports.default.fetch("http://evaluator/api/v1/slos")).status).toBe(401);
    const answer = await exports.default.fetch("http://evaluator/api/v1/slos", {
      headers: { authorization: "Bearer test-token" },
    });
    expect(await answer.json()).toEqual({ slos: [] });
  });

  it("lists what AlertManager knows", async () => {
    const answer = await exports.default.fetch("http://evaluator/api/v1/alerts", {
      headers: { authorization: "Bearer test-token" },
    });
    expect(await answer.json()).toEqual({ alerts: [] });
  });

  it("says which secret opens it where none is set", async () => {
    const locked = { ...env, MONOTASK_API_TOKEN: "" };
    const answer = await worker.fetch(new Request("http://evaluator/api/v1/slos"), locked, createExecutionContext());
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("MONOTASK_API_TOKEN");
  });
});

describe("a cron run without an API token", () => {
  it("raises the blindness alert that names the secret to set", async () => {
    const controller = createScheduledController({ scheduledTime: new Date(START * MINUTE_MS), cron: "* * * * *" });
    await worker.scheduled(controller, { ...env, ANALYTICS_SQL_URL: "http://127.0.0.1:1/sql" });
    const alerts = await env.ALERT_MANAGER.getByName("default").list();
    expect(alerts).toMatchObject([{ name: "monitoring:blind" }]);
    expect(JSON.stringify(alerts)).toContain("ANALYTICS_API_TOKEN");
  });
});

interface Stack {
  readonly store: TickDeps["store"];
  readonly queries: Query[];
  readonly batches: RaiseBatch[];
  tickAt(minute: number): ReturnType<typeof runTick>;
  signals(): AlertSignal[];
  refuseRaises(refuses: boolean): void;
  answerWith(result: QueryResult | undefined): void;
}

/** An evaluator on a real D1, over traffic of 100 requests a minute of which `failuresAt` fail. */
function evaluator(failuresAt: (minute: number) => number): Stack {
  const store = createSloStore(env.DB);
  const queries: Query[] = [];
  const batches: RaiseBatch[] = [];
  let isRefusing = false;
  let answer: QueryResult | undefined;
  const deps: TickDeps = {
    slos,
    store,
    defaults: { environment: "production", team: "platform" },
    logger: createLogger({ workerName: "test", level: "error", clock: systemClock, write: () => undefined }),
    query: {
      run(query) {
        queries.push(query);
        return Promise.resolve(answer ?? { kind: "rows", rows: rowsOf(query, failuresAt) });
      },
    },
    alerts: {
      raise(batch) {
        if (isRefusing) return Promise.reject(new Error("AlertManager is away"));
        batches.push(batch);
        return Promise.resolve({ accepted: batch.signals.length, duplicate: false });
      },
      wake: () => Promise.resolve(),
    },
  };
  return {
    store,
    queries,
    batches,
    tickAt: (minute) => runTick(deps, minute * MINUTE_MS),
    signals: () => batches.flatMap((batch) => batch.signals),
    refuseRaises: (refuses) => (isRefusing = refuses),
    answerWith: (result) => (answer = result),
  };
}

function rowsOf(query: Query, failuresAt: (minute: number) => number): Row[] {
  const rows: Row[] = [];
  for (let minute = query.fromMs / MINUTE_MS; minute < query.toMs / MINUTE_MS; minute += 1) {
    const failures = failuresAt(minute);
    const row = { minute: minute * 60, worker: "api", environment: "production", outcome: "ok", schemaVersion: "1", variance: 0 };
    rows.push({ ...row, status: "200", events: 100 - failures });
    if (failures > 0) rows.push({ ...row, status: "500", outcome: "error", events: failures });
  }
  return rows;
}

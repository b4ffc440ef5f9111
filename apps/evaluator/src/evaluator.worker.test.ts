import { applyD1Migrations, createExecutionContext, createScheduledController, reset, type D1Migration } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { AlertSignal, RaiseBatch } from "@monotask/alerts";
import { packCells, parseSlos } from "@monotask/slo";
import type { Query, QueryResult, Row } from "@monotask/telemetry";
import { createLogger, systemClock } from "@monotask/telemetry";
import { beforeEach, describe, expect, it } from "vitest";
import worker from "./index.ts";
import { createSloStore } from "./slo/store.ts";
import { probeUrl, runProbe } from "./probes/run-probe.ts";
import { reportStep } from "./reports/report-step.ts";
import { runSteps } from "./ticks/step.ts";
import { runTick } from "./slo/tick.ts";
import type { TickDeps } from "./slo/tick.ts";

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the generated types are a namespace
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
      MONOTASK_API_TOKEN: string;
    }
  }
}

const SPEC_HEAD = "apiVersion: monotask.dev/v1\nslos:\n";
const SPEC_ENTRY = `
  - name: availability
    service: api
    indicator: { kind: request, filter: { worker: api }, good: availability }
    target: "99.9%"
    window: 30d
    runbook: runbooks/high-error-rate.md
`;
const SPEC = SPEC_HEAD + SPEC_ENTRY;
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
    const { slos: statuses } = await stack.store.statuses(slos);
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
    expect((await stack.store.statuses(slos)).minute).toBe(START - 2);
    stack.answerWith(undefined);
    await stack.tickAt(START + 2);
    expect(stack.signals().map(({ name, status }) => `${name} ${status}`)).toEqual([
      "monitoring:blind firing",
      "monitoring:blind resolved",
    ]);
  });
});

describe("a tick that is killed", () => {
  // A page fires, a five-minute cell closes, and something is left to tell: every statement of a tick has work to do.
  const failuresAt = (minute: number): number => (minute >= START - 4 ? 50 : 0);

  async function play(killedAt: number, isBefore: boolean): Promise<{ dump: unknown; told: string[]; operations: number }> {
    await reset();
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    const stack = evaluator(failuresAt);
    await stack.tickAt(START);
    const deadline = { left: killedAt, isBefore, operations: 0 };
    const dying = killable(stack.deps, deadline);
    await Promise.race([runTick(dying.deps, (START + 1) * MINUTE_MS), dying.death]);
    await stack.tickAt(START + 1);
    const tables = ["slices", "measurements", "engine", "ticks"];
    const dump = await Promise.all(tables.map(async (table) => (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results));
    const told = new Map(stack.batches.map((batch) => [batch.id, JSON.stringify(batch)]));
    // A batch that is told twice is the same batch: AlertManager takes it once.
    expect(stack.batches.every((batch) => told.get(batch.id) === JSON.stringify(batch))).toBe(true);
    return { dump, told: [...told.values()], operations: deadline.operations };
  }

  it("at any statement and run again leaves bit by bit what an undisturbed one leaves", async () => {
    const undisturbed = await play(Number.POSITIVE_INFINITY, true);
    expect(undisturbed.operations).toBeGreaterThan(6);
    for (let at = 1; at <= undisturbed.operations; at += 1) {
      // Before the n-th is after the one before it, save for the first.
      const { dump, told } = await play(at, at === 1);
      expect({ at, dump, told }).toEqual({ at, dump: undisturbed.dump, told: undisturbed.told });
    }
  }, 60_000);
});

describe("without its database", () => {
  it("a tick still pages on an outage, says that it has no database, and ends both when the database is back", async () => {
    const stack = evaluator((minute) => (minute >= START + 5 && minute < START + 12 ? 90 : 0));
    await stack.tickAt(START);
    stack.loseStore(true);
    for (let minute = START + 1; minute < START + 11; minute += 1) expect(await stack.tickAt(minute)).toBe("without-store");
    const firing = stack.signals().filter(({ status }) => status === "firing");
    expect(new Set(firing.map(({ name }) => name))).toEqual(
      new Set(["monitoring:store", "slo:availability:page-fast", "slo:availability:burn-10x"]),
    );
    stack.loseStore(false);
    for (let minute = START + 11; minute < START + 30; minute += 1) await stack.tickAt(minute);
    const last = new Map(stack.signals().map(({ name, status }) => [name, status]));
    expect([last.get("monitoring:store"), last.get("slo:availability:page-fast")]).toEqual(["resolved", "resolved"]);
    // The minutes that were decided without it are in the budget.
    const slices = await stack.store.slices(1, START - 1, START + 10);
    expect(slices).toHaveLength(11);
  });
});

describe("after missed ticks", () => {
  it("one digest says what was missed, and no page is sent for an outage that is over", async () => {
    const stack = evaluator((minute) => (minute >= START + 10 && minute < START + 20 ? 50 : 0));
    await stack.tickAt(START);
    await stack.tickAt(START + 60);
    await stack.tickAt(START + 61);
    const signals = stack.signals().filter(({ name }) => name === "monitoring:missed");
    expect(signals.map(({ status }) => status)).toEqual(["firing", "resolved"]);
    expect(signals[0]?.description).toContain("availability: 500 of 5,900 requests bad");
    expect(stack.signals().filter(({ name, status }) => name.includes("page") && status === "firing")).toEqual([]);
  });
});

describe("a new version", () => {
  it("that fails where the old one does not is named with the way back, although few requests reach it", async () => {
    const stack = evaluator(
      () => 0,
      (minute) => (minute >= START ? [{ version: "v2", total: 5, bad: 3 }] : []),
    );
    for (let minute = START; minute < START + 20; minute += 1) await stack.tickAt(minute);
    const worse = stack.signals().filter(({ name }) => name === "version:worse");
    expect(worse[0]).toMatchObject({ status: "firing", labels: { version: "v2", worker: "api" } });
    expect(worse[0]?.suggestedChecks?.[0]).toContain("wrangler versions deploy v1@100% --name api");
  });
});

describe("the Free plan", () => {
  it("holds 50 SLOs: a tick writes at most 30 rows as D1 bills them, and asks one query and few statements", async () => {
    const many = Array.from({ length: 50 }, (_, at) => SPEC_ENTRY.replace("name: availability", `name: slo-${at}`)).join("");
    const stack = evaluator((minute) => minute % 7, undefined, parseSlos([{ file: "a.yaml", text: SPEC_HEAD + many }]).slos);
    expect(stack.deps.slos).toHaveLength(50);
    const written: number[] = [];
    for (let minute = START; minute < START + 30; minute += 1) {
      stack.onSave((rows) => written.push(rows));
      await stack.tickAt(minute);
    }
    // The first tick looks back six hours; from then on each writes what is new.
    const steady = written.slice(1);
    expect(steady).toHaveLength(29);
    // Beside the transaction a tick writes its measurement and that it was told: one row each.
    expect(Math.max(...steady) + 2).toBeLessThanOrEqual(30);
    expect(steady.reduce((sum, rows) => sum + rows + 2, 0) / steady.length).toBeLessThanOrEqual(12);
    expect(stack.queries).toHaveLength(30);
  }, 60_000);
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

describe("reports", () => {
  const MONDAY = Date.UTC(2026, 10, 23);

  /** An hour with traffic, so that its week and its month have something to report. */
  async function hourWithTraffic(atMs: number): Promise<void> {
    const hour = {
      sloName: "api-availability",
      minute: atMs / 60_000,
      spanMinutes: 60,
      good: 99,
      total: 100,
      varGood: 0,
      varTotal: 0,
    };
    await env.DB.prepare("INSERT INTO slices (span_minutes, start_minute, revision, cells) VALUES (60, ?, 1, ?)")
      .bind(hour.minute, packCells([hour]))
      .run();
  }

  async function reportsAt(scheduledMs: number, mails: unknown[], isMailDown = false): Promise<void> {
    const send = (mail: unknown): Promise<EmailSendResult> => {
      if (isMailDown) return Promise.reject(new Error("mail is down"));
      mails.push(mail);
      return Promise.resolve({ messageId: "1" });
    };
    const { deps } = evaluator(() => 0);
    const idle = { ...deps.alerts, list: () => Promise.resolve([]), backlog: () => Promise.resolve({ pending: 0 }) };
    await reportStep.run({ ...deps, alerts: idle, env: { ...env, EMAIL: { send } }, scheduledMs });
  }

  it("of the week and the month that are over are made once, kept in D1 and R2, and mailed once", async () => {
    await hourWithTraffic(Date.UTC(2026, 10, 18));
    await hourWithTraffic(Date.UTC(2026, 9, 20));
    const mails: unknown[] = [];
    for (const hour of [1, 2, 3]) await reportsAt(MONDAY + hour * 3_600_000 + 600_000, mails);
    expect(mails).toMatchObject([
      { subject: "SLO compliance, 2026-11-16 to 2026-11-22", to: "alerts@monotask.dev" },
      { subject: "Error budgets, 2026-10-01 to 2026-10-31" },
    ]);
    const html = await (await env.REPORTS.get("reports/weekly/2026-11-16.html"))?.text();
    expect(html).toContain("13 objectives");
    const answer = await exports.default.fetch("http://evaluator/api/v1/reports", {
      headers: { authorization: "Bearer test-token" },
    });
    expect(await answer.json()).toMatchObject({ reports: [{ kind: "weekly" }, { kind: "monthly" }] });
  });

  it("whose mail failed are mailed an hour later, without being made again", async () => {
    await hourWithTraffic(Date.UTC(2026, 10, 18));
    await hourWithTraffic(Date.UTC(2026, 9, 20));
    const mails: unknown[] = [];
    await reportsAt(MONDAY + 4_200_000, mails, true);
    expect(mails).toEqual([]);
    await reportsAt(MONDAY + 7_800_000, mails);
    expect(mails).toHaveLength(2);
  });

  it("of a time before anything was measured are not made: an installation does not begin with bad news", async () => {
    const mails: unknown[] = [];
    await reportsAt(MONDAY + 4_200_000, mails);
    expect(mails).toEqual([]);
  });
});

describe("a probe", () => {
  const { probes } = parseSlos([
    {
      file: "p.yaml",
      text: 'apiVersion: monotask.dev/v1\nprobes: [{ name: health, url: "${API_URL}/health", worker: api, expect: { status: [200, 3xx], body: fine }, timeout: 100ms }]\n',
    },
  ]);
  const [probe] = probes;

  async function outcome(answer: (signal: AbortSignal | null | undefined) => Promise<Response>): Promise<unknown> {
    if (probe === undefined) throw new Error("no probe");
    const { outcome: end, statusCode } = await runProbe(probe, "http://api.test/health", {
      fetch: (_, init) => answer(init.signal),
      nowMs: () => 0,
    });
    return [end, statusCode];
  }

  it("succeeds on the expected status and text, and fails on anything else, silence included", async () => {
    expect(await outcome(() => Promise.resolve(new Response("all fine")))).toEqual(["ok", "200"]);
    expect(await outcome(() => Promise.resolve(new Response("all fine", { status: 302 })))).toEqual(["ok", "302"]);
    expect(await outcome(() => Promise.resolve(new Response("broken")))).toEqual(["failed", "200"]);
    expect(await outcome(() => Promise.resolve(new Response("fine", { status: 500 })))).toEqual(["failed", "500"]);
    expect(await outcome(() => Promise.reject(new Error("refused")))).toEqual(["failed", ""]);
    const silence = (signal: AbortSignal | null | undefined): Promise<Response> =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("timed out"))));
    expect(await outcome(silence)).toEqual(["failed", ""]);
  });

  it("takes its address from a variable, and has none where that is not set", () => {
    if (probe === undefined) throw new Error("no probe");
    expect(probeUrl(probe, { API_URL: "https://api.test/" })).toBe("https://api.test/health");
    expect(probeUrl(probe, {})).toBeUndefined();
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

describe("alerts over HTTP", () => {
  const call = async (path: string, body?: object): Promise<{ status: number; answer: Record<string, unknown> }> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await exports.default.fetch(`http://evaluator/api/v1${path}`, {
      ...init,
      headers: { authorization: "Bearer test-token" },
    });
    return { status: response.status, answer: await response.json() };
  };
  const burning: AlertSignal = {
    name: "slo:api:fast",
    labels: { worker: "http-api", environment: "production", team: "core", symptom: "availability", severity: "critical" },
    status: "firing",
    startsAt: 0,
    summary: "api burns",
    description: "",
  };

  it("are listed, explained, previewed, silenced, heard again, acknowledged and closed", async () => {
    await env.ALERT_MANAGER.getByName("default").raise({ id: "http-1", source: "evaluator", signals: [burning] });
    const { answer } = await call("/alerts");
    const [alert] = answer["alerts"] as { id: string; status: string }[];
    const id = alert?.id ?? "";
    expect(alert?.status).toBe("firing");

    expect((await call(`/alerts/${id}/explain`)).answer).toMatchObject({
      explanation: {
        route: expect.stringMatching(/^config\/alerts\.yaml:\d+ routes\[0\] severity=critical$/) as string,
        targets: ["email:alerts@monotask.dev", "slack:#monotask-oncall", "pagerduty", "log"],
        trace: [{ event: "fired" }],
      },
    });
    expect((await call("/silences/preview", { matchers: ["worker=http-*"] })).answer).toMatchObject({ hides: [{ id }] });
    const untilMs = Date.now() + 3_600_000;
    const silenced = await call("/silences", { matchers: ["worker=http-*"], untilMs, by: "kim", why: "migration" });
    expect(silenced.answer).toMatchObject({ kind: "silenced", hides: [{ id }] });
    expect((await call("/alerts")).answer).toMatchObject({ alerts: [{ status: "silenced" }] });
    const { id: silenceId } = silenced.answer["silence"] as { id: string };
    expect((await call(`/silences/${silenceId}/end`, { by: "kim" })).status).toBe(200);
    expect((await call(`/alerts/${id}/acknowledge`, { by: "kim" })).answer).toEqual({ acknowledged: 1 });
    expect((await call("/alerts")).answer).toMatchObject({ alerts: [{ status: "acknowledged", acknowledged: { by: "kim" } }] });
    expect((await call("/alerts/close", { worker: "http-api", by: "kim" })).answer).toEqual({ closed: 1 });
    expect((await call("/alerts")).answer).toEqual({ alerts: [] });
    const { answer: past } = await call(`/alerts/${id}/explain`);
    expect(JSON.stringify(past)).toContain("closed by kim");
  });

  it.each([
    ["/silences", { matchers: ["worker=*"], untilMs: Date.now() + 1_000, by: "kim", why: "x" }, 400, "match every alert"],
    ["/silences", { matchers: ["worker=a"], untilMs: Date.now() + 8 * 86_400_000, by: "kim", why: "x" }, 400, "at most 7 d"],
    ["/silences/preview", { matchers: ["worker"] }, 400, "is no matcher"],
    ["/silences/none/end", {}, 404, "no silence none"],
    ["/alerts/none/acknowledge", { by: "kim" }, 404, "no alert or group none"],
    ["/alerts/none/acknowledge", {}, 400, "say who acknowledges"],
    ["/alerts/close", {}, 400, "name the worker"],
    ["/alerts/test", { targets: ["telegram"] }, 400, '"telegram" is no target'],
    ["/alerts/drill", { targets: ["log"] }, 400, "name the rule"],
    ["/alerts/drill", { rule: "error-rate", targets: ["log"] }, 404, "no rule error-rate; there is error-rate-critical"],
  ])("refuse POST %s %j with one sentence", async (path, body, status, error) => {
    const refused = await call(path, body);
    expect(refused.status).toBe(status);
    expect(refused.answer["error"]).toContain(error);
  });

  it("say which targets of a test are not set up, and how to set them up", async () => {
    const { answer } = await call("/alerts/test", { targets: ["log", "slack"], by: "kim" });
    expect(answer).toMatchObject({
      sentTo: ["log"],
      missing: [{ target: "slack", reason: "not configured, set SLACK_WEBHOOK_URL" }],
    });
    await env.ALERT_MANAGER.getByName("default").close("monotask-evaluator", "kim");
  });

  it("run a drill's made-up measurements through the rule, to the named target alone", async () => {
    const { answer } = await call("/alerts/drill", { rule: "queue-depth-critical", targets: ["log"], by: "kim" });
    expect(answer).toMatchObject({ sentTo: ["log"], missing: [] });
    const alertId = String(answer["alertId"]);
    expect((await call(`/alerts/${alertId}/explain`)).answer).toMatchObject({
      explanation: {
        alert: { name: "rule:queue-depth-critical", severity: "critical", value: "1,001", threshold: "500" },
        route: "drill",
        targets: ["log"],
        next: [{ target: "log", reason: "first" }],
      },
    });
    await env.ALERT_MANAGER.getByName("default").close("monotask-drill", "kim");
  });

  it("let PagerDuty and links in without a token, and neither without its signature", async () => {
    const hook = await exports.default.fetch("http://evaluator/hooks/pagerduty", { method: "POST", body: "{}" });
    expect(hook.status).toBe(403);
    expect((await exports.default.fetch("http://evaluator/alerts/act?do=acknowledge&group=x")).status).toBe(403);
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
  readonly deps: TickDeps;
  readonly store: TickDeps["store"];
  readonly queries: Query[];
  readonly batches: RaiseBatch[];
  tickAt(minute: number): ReturnType<typeof runTick>;
  signals(): AlertSignal[];
  refuseRaises(refuses: boolean): void;
  loseStore(isLost: boolean): void;
  onSave(note: (rows: number) => void): void;
  answerWith(result: QueryResult | undefined): void;
}

type OtherVersions = (minute: number) => { version: string; total: number; bad: number }[];

/** An evaluator on a real D1, over traffic of 100 requests a minute of which `failuresAt` fail. */
function evaluator(
  failuresAt: (minute: number) => number,
  others: OtherVersions = () => [],
  judged: TickDeps["slos"] = slos,
): Stack {
  const real = createSloStore(env.DB);
  const queries: Query[] = [];
  const batches: RaiseBatch[] = [];
  let isRefusing = false;
  let isLost = false;
  let noted: ((rows: number) => void) | undefined;
  let answer: QueryResult | undefined;
  const store: TickDeps["store"] = {
    ...real,
    load: (list) => (isLost ? Promise.reject(new Error("D1_ERROR: no such database")) : real.load(list)),
    async save(list, record) {
      const rows = await real.save(list, record);
      noted?.(rows);
      return rows;
    },
  };
  const deps: TickDeps = {
    slos: judged,
    store,
    defaults: { environment: "production", team: "platform" },
    logger: createLogger({ workerName: "test", level: "error", clock: systemClock, write: () => undefined }),
    query: {
      run(query) {
        queries.push(query);
        return Promise.resolve(answer ?? { kind: "rows", rows: rowsOf(query, failuresAt, others) });
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
    deps,
    store,
    queries,
    batches,
    tickAt: (minute) => runTick(deps, minute * MINUTE_MS),
    signals: () => batches.flatMap((batch) => batch.signals),
    refuseRaises: (refuses) => (isRefusing = refuses),
    loseStore: (lost) => (isLost = lost),
    onSave: (note) => (noted = note),
    answerWith: (result) => (answer = result),
  };
}

interface Deadline {
  left: number;
  readonly isBefore: boolean;
  operations: number;
}

/** The same deps, whose process dies before or after the n-th operation: nothing after it ever happens. */
function killable(deps: TickDeps, deadline: Deadline): { deps: TickDeps; death: Promise<void> } {
  const death = Promise.withResolvers<undefined>();
  const never = new Promise<never>(() => undefined);
  const guard = <A extends unknown[], R>(operation: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      deadline.operations += 1;
      deadline.left -= 1;
      const dies = deadline.left === 0;
      if (dies && deadline.isBefore) {
        death.resolve(undefined);
        return never;
      }
      const result = await operation(...args);
      if (!dies) return result;
      death.resolve(undefined);
      return never;
    };
  };
  const { store, query, alerts } = deps;
  const dying: TickDeps = {
    ...deps,
    query: { run: guard(query.run.bind(query)) },
    alerts: { raise: guard(alerts.raise.bind(alerts)), wake: guard(alerts.wake.bind(alerts)) },
    store: {
      ...store,
      load: guard(store.load),
      measurement: guard(store.measurement),
      saveMeasurement: guard(store.saveMeasurement),
      rows: guard(store.rows),
      history: guard(store.history),
      save: guard(store.save),
      untoldTicks: guard(store.untoldTicks),
      markTold: guard(store.markTold),
    },
  };
  return { deps: dying, death: death.promise };
}

function rowsOf(query: Query, failuresAt: (minute: number) => number, others: OtherVersions): Row[] {
  const rows: Row[] = [];
  for (let minute = query.fromMs / MINUTE_MS; minute < query.toMs / MINUTE_MS; minute += 1) {
    for (const { version, total, bad } of [{ version: "v1", total: 100, bad: failuresAt(minute) }, ...others(minute)]) {
      const row = {
        minute: minute * 60,
        kind: "request",
        version,
        worker: "api",
        environment: "production",
        outcome: "ok",
        schemaVersion: "1",
        variance: 0,
      };
      rows.push({ ...row, status: "200", events: total - bad });
      if (bad > 0) rows.push({ ...row, status: "500", outcome: "error", events: bad });
    }
  }
  return rows;
}

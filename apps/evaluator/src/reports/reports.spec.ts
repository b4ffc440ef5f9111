import { env, exports } from "cloudflare:workers";
import type { HistoryEntry, HistoryEvent } from "@monotask/alerts";
import { packCells } from "@monotask/slo";
import { describe, expect, it } from "vitest";
import { letterStore } from "../queues/desk.ts";
import { evaluator, slos } from "../test/stack.ts";
import { renderReport } from "./make.ts";
import { untaken } from "./untaken.ts";
import { reportStep } from "./report-step.ts";

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
    const idle = {
      ...deps.alerts,
      page: () => Promise.resolve({ alerts: [], total: 0 }),
      backlog: () => Promise.resolve({ pending: 0 }),
    };
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

  it("name the messages that wait in dead letter queues", async () => {
    await hourWithTraffic(Date.UTC(2026, 10, 18));
    const died = { queue: "jobs", sentAtMs: MONDAY, attempts: 4, fingerprint: "4f2a", body: {} };
    const why = { reason: "last-attempt" as const, errorName: "Error", errorMessage: "no such task" };
    await letterStore(env).put([{ id: "m-1", ...died, ...why }], MONDAY);
    const mails: unknown[] = [];
    await reportsAt(MONDAY + 4_200_000, mails);
    expect(JSON.stringify(mails[0])).toContain("jobs: 1 × Error: no such task (m-1)");
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

describe("a monthly report of a calendar month", () => {
  it("says what was left when the month ended, although the next month's budget is whole", async () => {
    const october = Date.UTC(2026, 9, 1) / 60_000;
    const november = Date.UTC(2026, 10, 1) / 60_000;
    const ofMonth = slos.map((slo) => ({
      ...slo,
      window: { kind: "calendar", unit: "month", timeZone: "UTC", minutes: 43_200 } as const,
    }));
    const stack = evaluator(() => 0, undefined, ofMonth);
    // 744 hours of 1,000 requests at 99.9 %: 744 may fail, and a quarter of them did.
    const hours = Array.from({ length: 744 }, (_, at) => ({
      ...{ sloName: "availability", minute: october + at * 60, spanMinutes: 60, varGood: 0, varTotal: 0 },
      ...{ total: 1_000, good: at < 186 ? 999 : 1_000 },
    }));
    await env.DB.batch(
      hours.map((hour) =>
        env.DB.prepare("INSERT INTO slices (span_minutes, start_minute, revision, cells) VALUES (60, ?, 1, ?)").bind(
          hour.minute,
          packCells([hour]),
        ),
      ),
    );
    stack.silence((minute) => minute < november);
    await stack.tickAt(november + 12);
    const { store, query } = stack.deps;
    const deps = { slos: ofMonth, store, query, letters: letterStore(env), alerts: undefined };
    const { markdown } = await renderReport(deps, "monthly", { fromMinute: october, toMinute: november });
    expect(markdown).toContain("| availability | 99.9 % | yes | 99.975 % (743,814 of 744,000 requests) | 25 % | 75 % |");
  });
});

describe("alerts that nobody acknowledged", () => {
  const entry = (atMs: number, event: HistoryEvent, alertId: string): HistoryEntry => ({
    ...{ atMs, event, alertId, groupKey: "worker=api", text: `${alertId} at ${atMs}` },
  });

  it("are those of this outage, whoever acknowledged the one before", () => {
    const before = [entry(1, "fired", "a"), entry(2, "acknowledged", "a"), entry(3, "resolved", "a")];
    expect(untaken([...before, entry(4, "fired", "a"), entry(5, "resolved", "a")]).map(({ atMs }) => atMs)).toEqual([4]);
    expect(untaken([...before, entry(4, "fired", "a"), entry(5, "acknowledged", "a")])).toEqual([]);
  });

  it("are not those that joined an outage that somebody had taken", () => {
    const taken = [entry(1, "fired", "a"), entry(2, "acknowledged", "a"), entry(3, "fired", "b"), entry(4, "resolved", "a")];
    expect(untaken([...taken, entry(5, "resolved", "b"), entry(6, "fired", "b")]).map(({ atMs }) => atMs)).toEqual([6]);
  });
});

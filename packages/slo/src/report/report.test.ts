import { describe, expect, it } from "vitest";
import { budgetLeftAt, makeReport, reportHtml, reportMarkdown, reportPeriod } from "../index.ts";
import type { ReportInput } from "../index.ts";
import { availabilitySlo, cell } from "../test/fixtures.ts";

const MONDAY = Date.UTC(2026, 10, 16) / 60_000;
const slo = availabilitySlo("99%");

function week(badOn: number, of: Partial<ReportInput> = {}): ReportInput {
  const cells = Array.from({ length: 7 * 24 }, (_, hour) => ({
    ...cell(MONDAY + hour * 60, 1_000, Math.floor(hour / 24) === 2 ? badOn : 0),
    spanMinutes: 60,
    sloName: slo.name,
  }));
  return {
    kind: "weekly",
    fromMinute: MONDAY,
    toMinute: MONDAY + 7 * 1_440,
    slos: [{ slo, cells, budgetLeftRatio: 0.25 }],
    unacknowledged: [],
    deadLetters: undefined,
    unshownMetrics: undefined,
    ...of,
  };
}

describe("a report", () => {
  it("says of each objective what was kept, spent and measured, with counts", () => {
    expect(makeReport(week(70)).lines[0]).toMatchObject({
      isMet: true,
      good: 166_320,
      total: 168_000,
      budgetSpent: 1,
      coverage: 1,
    });
    expect(makeReport(week(71)).lines[0]).toMatchObject({ isMet: false });
  });

  it("calls what was not measured neither kept nor missed", () => {
    const report = makeReport(week(0, { slos: [{ slo, cells: [], budgetLeftRatio: undefined }] }));
    expect(report.lines[0]).toMatchObject({ isMet: undefined, coverage: 0 });
    expect(reportMarkdown(report)).toContain("0 of 1 objectives kept; without data: api.");
  });

  it("is Markdown with a row an objective, and names what nobody acknowledged and no panel shows", () => {
    const more = { unacknowledged: [{ name: "slo:api:page-fast", firedMinute: MONDAY }], unshownMetrics: ["cart|size"] };
    const text = reportMarkdown(makeReport(week(71, more)));
    expect(text).toContain("# SLO compliance, 2026-11-16 to 2026-11-22");
    expect(text).toContain("| api | 99 % | no | 98.9857 % (166,296 of 168,000 requests) | 101 % | 25 % | 100 % |");
    expect(text).toContain("- slo:api:page-fast, fired 2026-11-16 00:00 UTC");
    expect(text).toContain("## Metrics that no panel shows");
  });

  it("names the messages in dead letter queues by queue, failure and id", () => {
    const group = {
      queue: "jobs",
      error: "Error: no such task",
      fingerprint: "4f2a",
      count: 12,
      oldestMinute: MONDAY,
      messageIds: ["m-9", "m-8"],
    };
    const text = reportMarkdown(makeReport(week(0, { deadLetters: [group] })));
    expect(text).toContain("## Messages in dead letter queues");
    expect(text).toContain(
      "- jobs: 12 × Error: no such task (m-9, m-8, …); fingerprint 4f2a, the oldest from 2026-11-16 00:00 UTC",
    );
    expect(reportMarkdown(makeReport(week(0, { deadLetters: [] })))).toContain("## Messages in dead letter queues\n\n- None.");
  });

  it("is one HTML page with inline charts, and nothing in a name becomes markup", () => {
    const hostile = { ...slo, name: "<script>alert(1)</script>" };
    const cells = week(500).slos[0]?.cells ?? [];
    for (const kind of ["weekly", "monthly"] as const) {
      const html = reportHtml(makeReport(week(0, { kind, slos: [{ slo: hostile, cells, budgetLeftRatio: -0.5 }] })));
      expect(html).not.toContain("<script");
      expect(html.match(/<svg role="img"/g)).toHaveLength(1);
      expect(html).toContain("−50 %");
    }
  });

  it("knows what a calendar budget had left at the end of its month, when the next month has begun", () => {
    const ofMonth = availabilitySlo("99%", "window: { calendar: { unit: month, timeZone: UTC } }");
    const october = Date.UTC(2026, 9, 1) / 60_000;
    const cells = Array.from({ length: 32 * 24 }, (_, hour) => ({
      ...cell(october + hour * 60, 100, hour < 372 ? 1 : 0),
      spanMinutes: 60,
      sloName: "api",
    }));
    expect(budgetLeftAt(ofMonth, cells, october + 31 * 1_440 - 1)).toBeCloseTo(0.5, 9);
    expect(budgetLeftAt(ofMonth, cells, october + 32 * 1_440 - 1)).toBe(1);
    expect(budgetLeftAt(ofMonth, [], october)).toBeUndefined();
  });

  it("covers the last whole week from Monday, or month", () => {
    const now = Date.UTC(2026, 10, 24, 8) / 60_000;
    expect(reportPeriod("weekly", now)).toEqual({ fromMinute: MONDAY, toMinute: MONDAY + 7 * 1_440 });
    expect(reportPeriod("monthly", now)).toEqual({
      fromMinute: Date.UTC(2026, 9, 1) / 60_000,
      toMinute: Date.UTC(2026, 10, 1) / 60_000,
    });
  });
});

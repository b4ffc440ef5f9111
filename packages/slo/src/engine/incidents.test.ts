import { describe, expect, it } from "vitest";
import { evaluateSlo } from "../index.ts";
import type { RuleId } from "../index.ts";
import { availabilitySlo, cell, play, quietHistory, START } from "../test/fixtures.ts";

const slo = availabilitySlo("99.9%");

describe("the default table at 99.9 % over 30 days", () => {
  it("fires the fast page at minute 9 of 10 % errors and clears it 5 minutes after they end", () => {
    const { timings } = play(slo, [
      { minutes: 30, total: 100_000, bad: 10_000 },
      { minutes: 10, total: 100_000, bad: 0 },
    ]);
    expect(timings.get("page-fast")).toEqual({ firesAt: 9, clearsAt: 35 });
  });

  // Exact detection 51.84 s, 129.6 s, 259.2 s and 259.2 s; a minute is judged at its end. Cleared once the short window is clean.
  it.each<[RuleId, number, number]>([
    ["page-fast", 1, 65],
    ["page-slow", 3, 90],
    ["ticket-fast", 5, 180],
    ["ticket-slow", 5, 420],
  ])("tells an hour of total outage by %s at minute %i and clears it at minute %i", (rule, firesAt, clearsAt) => {
    const { timings } = play(slo, [
      { minutes: 60, total: 100, bad: 100 },
      { minutes: 361, total: 100, bad: 0 },
    ]);
    expect(timings.get(rule)).toEqual({ firesAt, clearsAt });
  });

  // 14.4×, 6×, 3× and 1× of 0.1 %.
  it.each<[RuleId, number]>([
    ["page-fast", 1_440],
    ["page-slow", 600],
    ["ticket-fast", 300],
    ["ticket-slow", 100],
  ])("never fires %s at exactly its rate, %i failures in 100,000, and does at one more", (rule, bad) => {
    const verdictAt = (failures: number): string | undefined => {
      const steady = quietHistory(START - 31 * 1_440, START, 100_000).map((quiet) => {
        const minutes = quiet.spanMinutes ?? 1;
        return { ...quiet, good: quiet.total - failures * minutes };
      });
      const status = evaluateSlo(slo, steady, { nowMinute: START - 1, firstMinute: START - 31 * 1_440 });
      return status.rules.find((candidate) => candidate.rule.id === rule)?.verdict;
    };
    expect([verdictAt(bad), verdictAt(bad + 1)]).toEqual(["clear", "fires"]);
  });

  it("never fires the fast page at exactly 1.44 % errors, however long they last", () => {
    const { timings } = play(slo, [{ minutes: 180, total: 10_000, bad: 144 }]);
    expect(timings.get("page-fast")).toEqual({ firesAt: null, clearsAt: null });
  });

  it.each([
    [69, "fires"],
    [70, "clear"],
  ])("with %i requests an hour, one failure %s", (requests, verdict) => {
    const quiet = Array.from({ length: 60 }, (_, index) =>
      cell(START + index, index < requests - 60 ? 2 : 1, index === 59 ? 1 : 0),
    );
    const status = evaluateSlo(slo, quiet, { nowMinute: START + 59, firstMinute: START });
    expect(status.rules[0]?.verdict).toBe(verdict);
  });

  it("says nothing while errors stay inside the budget", () => {
    const { statuses } = play(slo, [{ minutes: 120, total: 10_000, bad: 9 }]);
    expect(new Set(statuses.map((status) => status.state))).toEqual(new Set(["ok"]));
  });
});

describe("missing minutes", () => {
  const outage = { minutes: 10, total: 1_000, bad: 1_000 } as const;

  it("keep an alert firing: silence is not recovery", () => {
    const { statuses, timings } = play(slo, [outage, { minutes: 20, missing: true }]);
    expect(timings.get("page-fast")).toEqual({ firesAt: 1, clearsAt: null });
    expect(statuses.at(-1)?.alerts[0]).toMatchObject({ rule: "page-fast", state: "frozen", isFiring: true, sinceMinute: START });
  });

  it("make the state no-data, never ok", () => {
    const { statuses } = play(slo, [
      { minutes: 1, total: 1_000, bad: 0 },
      { minutes: 3, missing: true },
    ]);
    expect(statuses.map((status) => status.state)).toEqual(["ok", "no-data", "no-data", "no-data"]);
  });

  it("do not keep a page from firing that the measured minutes prove", () => {
    const { statuses } = play(slo, [
      { minutes: 2, missing: true },
      { minutes: 2, total: 1_000, bad: 1_000 },
    ]);
    expect(statuses.at(-1)?.alerts[0]).toMatchObject({ rule: "page-fast", state: "firing", sinceMinute: START + 2 });
  });

  it("let an alert end once the short window is measured again", () => {
    const { timings } = play(slo, [outage, { minutes: 20, missing: true }, { minutes: 6, total: 1_000, bad: 0 }]);
    // 4 of 5 measured minutes are below 0.9, so it takes the fifth.
    expect(timings.get("page-fast")?.clearsAt).toBe(35);
  });

  it("count as good at the mean rate: one bad minute alone in its hour is a sixtieth, not all of it", () => {
    const alone = [cell(START, 1_000, 0), cell(START + 60, 1_000, 800)];
    const status = evaluateSlo(slo, alone, { nowMinute: START + 60, firstMinute: START - 43_200 });
    expect(status.windows.find((window) => window.windowMinutes === 60)?.burn).toBeCloseTo(800 / 60, 9);
    expect(status.rules[0]?.verdict).toBe("no-data");
  });
});

describe("after install", () => {
  const since = (minutes: number, bad: number): ReturnType<typeof evaluateSlo> => {
    const cells = Array.from({ length: minutes }, (_, index) => cell(START + index, 1_000, bad));
    return evaluateSlo(slo, cells, { nowMinute: START + minutes - 1, firstMinute: START });
  };

  it("an SLO is ok from its first minute, because coverage counts from its first data", () => {
    expect(since(1, 0).state).toBe("ok");
  });

  it("a total outage pages in its first minute", () => {
    expect(since(1, 1_000).alerts[0]).toMatchObject({ rule: "page-fast", state: "firing" });
  });

  it("one slow start of 1 % errors in the first minute wakes nobody", () => {
    expect(since(1, 10).alerts.every((alert) => alert.state === "clear")).toBe(true);
  });

  it("10 % errors page at minute 9, as they would after a month", () => {
    expect([since(8, 100), since(9, 100)].map((status) => status.alerts[0]?.state)).toEqual(["clear", "firing"]);
  });

  it("nothing was ever measured: no data, and no budget is made up", () => {
    const status = evaluateSlo(slo, [], { nowMinute: START, firstMinute: undefined });
    expect(status).toMatchObject({ state: "no-data", sentence: "No data yet: nothing has been measured." });
    expect(status.budget).toMatchObject({ consumedEvents: 0, allowedEvents: 0, leftEvents: 0 });
  });
});

import { describe, expect, it } from "vitest";
import { defaultRules, parseDurationMs, toNumber } from "../index.ts";
import type { BurnRule } from "../index.ts";

const budget = { num: 1, den: 1_000 };
const DAY = 1_440;

/** Long window in hours, short window in minutes, factor, share of the budget in per cent. */
function table(rules: readonly BurnRule[]): (string | number)[][] {
  return rules.map((rule) => [
    rule.id,
    rule.longMinutes / 60,
    rule.shortMinutes,
    Number(toNumber(rule.factor).toFixed(4)),
    Number((100 * toNumber(rule.budgetShare)).toFixed(2)),
  ]);
}

describe("the default table", () => {
  it("of 30 days is the SRE workbook's", () => {
    expect(table(defaultRules(30 * DAY, budget).rules)).toEqual([
      ["page-fast", 1, 5, 14.4, 2],
      ["page-slow", 6, 30, 6, 5],
      ["ticket-fast", 24, 120, 3, 10],
      ["ticket-slow", 72, 360, 1, 10],
    ]);
  });

  it("of 28 days restates the share of the slow ticket, because 0.93× would fire inside the budget", () => {
    expect(table(defaultRules(28 * DAY, budget).rules)).toEqual([
      ["page-fast", 1, 5, 13.44, 2],
      ["page-slow", 6, 30, 5.6, 5],
      ["ticket-fast", 24, 120, 2.8, 10],
      ["ticket-slow", 72, 360, 1, 10.71],
    ]);
  });

  it("of 7 days spends larger shares", () => {
    expect(table(defaultRules(7 * DAY, budget).rules)).toEqual([
      ["page-fast", 1, 5, 13.44, 8],
      ["page-slow", 6, 30, 3.5, 12.5],
      ["ticket-fast", 24, 120, 1.4, 20],
      ["ticket-slow", 72, 360, 1, 42.86],
    ]);
  });

  it("of 90 days spends smaller shares", () => {
    expect(table(defaultRules(90 * DAY, budget).rules)).toEqual([
      ["page-fast", 1, 5, 21.6, 1],
      ["page-slow", 6, 30, 10.8, 3],
      ["ticket-fast", 24, 120, 4.5, 5],
      ["ticket-slow", 72, 360, 1, 3.33],
    ]);
  });

  it("of another period picks long windows from the ladder and solves the factor exactly", () => {
    expect(table(defaultRules(14 * DAY, budget).rules)).toEqual([
      ["page-fast", 0.5, 3, 13.44, 2],
      ["page-slow", 2, 10, 8.4, 5],
      ["ticket-fast", 12, 60, 2.8, 10],
      ["ticket-slow", 24, 120, 1.4, 10],
    ]);
    expect(defaultRules(14 * DAY, budget).rules[0]?.factor).toEqual({ num: 336, den: 25 });
  });

  it.each([
    ["1h", 5],
    ["24h", 120],
    ["6d", 720],
    ["15m", 2],
  ])("of %s is one ticket at 1× over the window and its last twelfth", (window, shortMinutes) => {
    const minutes = (parseDurationMs(window) ?? 0) / 60_000;
    expect(defaultRules(minutes, budget).rules).toEqual([
      {
        id: "ticket-fast",
        urgency: "ticket",
        longMinutes: minutes,
        shortMinutes,
        factor: { num: 1, den: 1 },
        budgetShare: { num: 1, den: 1 },
      },
    ]);
  });

  it("drops what no error rate can reach: 14.4× of a budget of 10 % is more than all requests", () => {
    const { rules, dropped } = defaultRules(30 * DAY, { num: 1, den: 10 });
    expect(dropped.map((rule) => rule.id)).toEqual(["page-fast"]);
    expect(rules.map((rule) => rule.id)).toEqual(["page-slow", "ticket-fast", "ticket-slow"]);
  });

  it("drops a factor that only a total outage would reach exactly, because firing is strict", () => {
    expect(defaultRules(30 * DAY, { num: 1, den: 6 }).dropped.map((rule) => rule.id)).toEqual(["page-fast", "page-slow"]);
  });
});

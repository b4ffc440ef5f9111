import { describe, expect, it } from "vitest";
import { budgetText } from "./budget-text.ts";

describe("an error budget", () => {
  it.each([
    [{}, "not measured"],
    [{ budgetLeftRatio: 0.824, budgetLeftMinutes: 35.6, budgetAllowedMinutes: 43.2 }, "82.4 % left · 35.6 of 43.2 min"],
    [{ budgetLeftRatio: 0.99999, budgetLeftMinutes: 43.2 }, "99.9 % left · 43.2 of 43.2 min"],
    [{ budgetLeftRatio: 0, budgetLeftMinutes: 0, budgetAllowedMinutes: 43.2 }, "0 % left · 0 of 43.2 min"],
    [{ budgetLeftRatio: 0.5, budgetLeftEvents: 1_200 }, "50 % left · 1,200 failures"],
  ])("of %j reads %j", (budget, text) => expect(budgetText(budget)).toBe(text));

  it("that is overspent says how often it is gone, not that less than nothing is left", () => {
    expect(budgetText({ budgetLeftRatio: -13.391, budgetLeftMinutes: -8, budgetAllowedMinutes: 0.6 })).toBe(
      "spent 14.4 times · 8.6 of 0.6 min",
    );
    expect(budgetText({ budgetLeftRatio: -0.0001, budgetLeftEvents: -1 })).toBe("spent 1.1 times · 1 too many");
  });
});

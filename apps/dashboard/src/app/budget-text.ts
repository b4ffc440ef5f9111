import type { SloView } from "./evaluator.ts";

type Budget = Pick<SloView, "budgetLeftRatio" | "budgetLeftMinutes" | "budgetLeftEvents" | "budgetAllowedMinutes">;

/** `82.4 % left · 35.6 of 43.2 min`; an overspent one says how often it is gone: `spent 1.4 times · 60.5 of 43.2 min`. */
export function budgetText(budget: Budget): string {
  const { budgetLeftRatio, budgetLeftMinutes, budgetLeftEvents } = budget;
  if (budgetLeftRatio === undefined) return "not measured";
  const share = budgetShareText(budgetLeftRatio);
  const isOverspent = budgetLeftRatio < 0;
  const allowedMinutes = allowedOf(budget);
  if (budgetLeftMinutes !== undefined && allowedMinutes !== undefined) {
    const minutes = isOverspent ? allowedMinutes - budgetLeftMinutes : budgetLeftMinutes;
    return `${share} · ${minutesText(minutes)} of ${minutesText(allowedMinutes)} min`;
  }
  if (budgetLeftEvents === undefined || budgetLeftEvents === 0) return share;
  const failures = Math.abs(Math.round(budgetLeftEvents));
  const what = isOverspent ? "too many" : failures === 1 ? "failure" : "failures";
  return `${share} · ${failures.toLocaleString("en")} ${what}`;
}

/** How much of a budget is left, rounded down, or how often it is spent, rounded up: nothing lost is told as whole. */
export function budgetShareText(leftRatio: number): string {
  if (leftRatio < 0) return `spent ${(Math.ceil((1 - leftRatio) * 10) / 10).toLocaleString("en")} times`;
  return `${Number((Math.floor(leftRatio * 1_000) / 10).toFixed(1))} % left`;
}

function allowedOf({ budgetLeftRatio, budgetLeftMinutes, budgetAllowedMinutes }: Budget): number | undefined {
  if (budgetAllowedMinutes !== undefined) return budgetAllowedMinutes > 0 ? budgetAllowedMinutes : undefined;
  if (budgetLeftMinutes === undefined || budgetLeftRatio === undefined || budgetLeftRatio === 0) return undefined;
  const allowed = budgetLeftMinutes / budgetLeftRatio;
  return Number.isFinite(allowed) && allowed > 0 ? allowed : undefined;
}

function minutesText(minutes: number): string {
  return Math.abs(minutes) >= 100 ? Math.round(minutes).toLocaleString("en") : String(Number(minutes.toFixed(1)));
}

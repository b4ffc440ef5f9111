import { defaultRules, isReachable } from "../engine/default-rules.ts";
import { oneMinus, ratio, toNumber } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { BudgetingMethod, BurnRule, CalendarUnit, Exclusion, GoodCondition, Slo, SloWindow } from "../model/slo.ts";
import { rulesFor } from "./alerting.ts";
import { filterOf, goodOf, isGoodOfKind } from "./build-indicator.ts";
import type { Found, Located } from "@monotask/spec-file";
import type { WrittenExclusion } from "./exclusion-shape.ts";
import type { Place, Report } from "./issue.ts";
import { ofOwnBad, withoutOwnBad } from "./own-bad.ts";
import type { WrittenLowTraffic, WrittenPercentile, WrittenSlo, WrittenWindow } from "./slo-shape.ts";

const DAY = 1_440;
const WEEK = 7 * DAY;
const DEFAULT_WINDOW: SloWindow = { kind: "rolling", minutes: 30 * DAY };
const DEFAULT_NO_DATA_MINUTES = 10;
const DEFAULT_FALSE_PAGES_PER_YEAR = 1;

interface Objective {
  /** `p95`; empty without a percentile. */
  readonly suffix: string;
  readonly good: GoodCondition;
  readonly target: Located<Ratio>;
  readonly targetText: string;
  readonly isStrict: boolean;
}

/**
 * The SLOs of one entry (several only with several percentiles), none when a part of it is missing. Also reports what is wrong between
 * keys; whoever calls this leaves an entry with errors out.
 */
export function buildSlos(entry: Located<WrittenSlo>, source: Slo["source"], report: Report): Slo[] {
  const written = entry.value;
  const window = windowOf(written.window);
  const method = methodOf(written, report);
  const objectives = objectivesOf(written, report);
  // Pairs are checked against the window, so a window that is wrong comes first.
  if (window === undefined) return [];
  const built = objectives.map((objective) => ({
    objective,
    rules: rulesFor(withoutOwnBad(written.alerting), window.minutes, objective.target, report),
  }));
  const name = written.name?.value;
  const service = written.service?.value;
  const indicator = written.indicator?.value;
  const kind = indicator?.kind?.value;
  if (indicator === undefined || kind === undefined) return [];
  const filter = filterOf(kind, indicator, report);
  if (name === undefined || service === undefined) return [];
  const whole = built.map(({ objective, rules }): Slo => ({
    name: built.length === 1 ? name : `${name}-${objective.suffix}`,
    entry: name,
    service,
    description: written.description?.value ?? "",
    indicator: { kind, filter, good: objective.good },
    symptom: written.symptom?.value ?? (objective.good.kind === "latency" ? "latency" : "availability"),
    target: objective.target.value,
    targetText: objective.targetText,
    isStrict: objective.isStrict,
    window,
    method,
    rules,
    budgetAlerts: budgetAlertsOf(window, objective.target.value, written.budgetAlerts?.value === "off"),
    falsePagesPerYear: falsePagesOf(written.lowTraffic?.value),
    noData: {
      afterMinutes: written.noData?.value?.after?.value ?? DEFAULT_NO_DATA_MINUTES,
      alert: written.noData?.value?.alert?.value ?? "ticket",
    },
    exclusions: (written.exclusions?.value ?? []).flatMap((exclusion) => exclusionOf(exclusion.value) ?? []),
    runbook: written.runbook?.value,
    owner: written.owner?.value,
    labels: written.labels?.value ?? {},
    source,
  }));
  return whole.flatMap((slo) => [slo, ...ofOwnBad(slo, written, report)]);
}

/** Lengths that the default tables are made for; what a period really lasts follows from the calendar. */
const NOMINAL_DAYS: Readonly<Record<CalendarUnit, number>> = { week: 7, month: 30, quarter: 90 };

function windowOf(written: Found<WrittenWindow> | undefined): SloWindow | undefined {
  if (written === undefined) return DEFAULT_WINDOW;
  if (written.value === undefined || written.value.kind === "rolling") return written.value;
  const { unit, timeZone } = written.value.calendar;
  if (unit?.value === undefined || (timeZone !== undefined && timeZone.value === undefined)) return undefined;
  const minutes = NOMINAL_DAYS[unit.value] * DAY;
  return { kind: "calendar", unit: unit.value, timeZone: timeZone?.value ?? "UTC", minutes };
}

function methodOf(written: WrittenSlo, report: Report): BudgetingMethod {
  const isTimeslices = written.method?.value === "timeslices";
  const { timeslice } = written;
  if (isTimeslices !== (timeslice !== undefined) && (written.method === undefined || written.method.value !== undefined)) {
    report(timeslice?.place ?? written.method?.place ?? { path: "", offset: 0 }, {
      code: "timeslice-method",
      message: isTimeslices ? "nothing says when a time slice is good" : "`timeslice` needs `method: timeslices`",
      hint: 'Write `method: timeslices` with `timeslice: {target: "99%"}`, or neither.',
    });
  }
  const target = timeslice?.value?.target?.value;
  if (!isTimeslices || target === undefined) return { kind: "occurrences" };
  const sliceMinutes = timeslice?.value?.length?.value === 5 ? 5 : 1;
  return { kind: "timeslices", target: target.ratio, targetText: target.text, sliceMinutes };
}

const TEN = ratio(10, 1);

/** "Burn > 10×" over 1 h and 5 m, and the levels of the budget; for windows of 7 days and more, where a budget is something to save. */
function budgetAlertsOf(window: SloWindow, target: Ratio, isOff: boolean): Slo["budgetAlerts"] {
  if (isOff || window.minutes < WEEK) return { burn: undefined, hasLevels: false };
  const [fast] = defaultRules(window.minutes, ratio(1, 1_000)).rules;
  const isBurnReachable = fast !== undefined && isReachable(TEN, oneMinus(target));
  const budgetShare = ratio(10 * 60, window.minutes);
  const burn: BurnRule = { id: "burn-10x", urgency: "ticket", longMinutes: 60, shortMinutes: 5, factor: TEN, budgetShare };
  return { burn: isBurnReachable ? burn : undefined, hasLevels: true };
}

function falsePagesOf(written: WrittenLowTraffic | undefined): number | undefined {
  if (written?.kind === "off") return undefined;
  const stated = written?.falsePagesPerYear?.value;
  return stated === undefined ? DEFAULT_FALSE_PAGES_PER_YEAR : toNumber(stated);
}

function exclusionOf(written: WrittenExclusion): Exclusion | undefined {
  const { from, duration, reason, by } = written;
  if (from?.value === undefined || duration?.value === undefined || reason?.value === undefined || by?.value === undefined)
    return undefined;
  return {
    from: from.value,
    durationMinutes: duration.value,
    timeZone: written.timeZone?.value ?? "UTC",
    rrule: written.rrule?.value,
    reason: reason.value,
    by: by.value,
  };
}

/** Exactly one of `good` + target, `latency` + target, `percentile`. */
function objectivesOf(written: WrittenSlo, report: Report): Objective[] {
  const indicator = written.indicator;
  if (indicator?.value === undefined) return [];
  const { good, latency } = indicator.value;
  const ways = [good, latency, written.percentile].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    report(ways[1]?.place ?? indicator.place, {
      code: "good-conditions",
      message: ways.length === 0 ? "nothing says which events are good" : "more than one condition says which events are good",
      hint: "Write one of `good: availability` or `latency: {threshold: 200ms}` in the indicator, or `percentile: {p95: 200ms}` beside it.",
    });
  }
  if (written.percentile !== undefined) {
    return percentileObjectives(written.percentile, written.target?.place, report).filter(({ good: condition, target }) =>
      isGoodOfKind(indicator.value?.kind?.value, condition, target.place, report),
    );
  }
  const target = written.target?.value;
  const condition = goodOf(indicator.value, report);
  if (written.target === undefined || target === undefined || condition === undefined) return [];
  return [
    {
      suffix: "",
      good: condition,
      target: { value: target.ratio, place: written.target.place },
      targetText: target.text,
      isStrict: target.isStrict,
    },
  ];
}

function percentileObjectives(percentile: Found<WrittenPercentile>, target: Place | undefined, report: Report): Objective[] {
  if (target !== undefined) {
    const message = "`percentile` is the target already: p95 means 95 %";
    report(target, {
      code: "target-with-percentile",
      message,
      hint: "Remove `target`, or write `latency: {threshold: …}` with it.",
    });
  }
  const written = Object.entries(percentile.value ?? {});
  return written.flatMap(([suffix, threshold]) => {
    if (threshold?.value === undefined) return [];
    const percent = Number(suffix.slice(1));
    const good: GoodCondition = { kind: "latency", thresholdMs: threshold.value };
    return [
      {
        suffix,
        good,
        target: { value: ratio(percent, 100), place: threshold.place },
        targetText: `${percent}%`,
        isStrict: false,
      },
    ];
  });
}

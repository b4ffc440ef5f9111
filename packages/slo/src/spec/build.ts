import { ratio } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import { FILTER_FIELDS } from "../model/slo.ts";
import type { GoodCondition, IndicatorFilter, Slo } from "../model/slo.ts";
import { rulesFor } from "./alerting.ts";
import type { Found, Located } from "./decoder.ts";
import type { Place, Report } from "./issue.ts";
import type { WrittenIndicator, WrittenPercentile, WrittenSlo } from "./slo-shape.ts";

const DEFAULT_WINDOW_MINUTES = 30 * 1_440;
const DEFAULT_NO_DATA_MINUTES = 10;
/** The environment of workers that name none; staging must never spend production's budget. */
const DEFAULT_ENVIRONMENT = "production";

interface Objective {
  /** `p95`; empty without a percentile. */
  readonly suffix: string;
  readonly good: GoodCondition;
  readonly target: Located<Ratio>;
  readonly targetText: string;
}

/**
 * The SLOs of one entry (several only with several percentiles), none when a part of it is missing. Also reports what is wrong between
 * keys; whoever calls this leaves an entry with errors out.
 */
export function buildSlos(entry: Located<WrittenSlo>, source: Slo["source"], report: Report): Slo[] {
  const written = entry.value;
  const windowMinutes = written.window === undefined ? DEFAULT_WINDOW_MINUTES : written.window.value;
  const objectives = objectivesOf(written, report);
  // Pairs are checked against the window, so a window that is wrong comes first.
  if (windowMinutes === undefined) return [];
  const built = objectives.map((objective) => ({
    objective,
    rules: rulesFor(written.alerting, windowMinutes, objective.target, report),
  }));
  const name = written.name?.value;
  const service = written.service?.value;
  const indicator = written.indicator?.value;
  const kind = indicator?.kind?.value;
  if (name === undefined || service === undefined || indicator === undefined || kind === undefined) return [];
  return built.map(({ objective, rules }) => ({
    name: built.length === 1 ? name : `${name}-${objective.suffix}`,
    entry: name,
    service,
    description: written.description?.value ?? "",
    indicator: { kind, filter: filterOf(indicator), good: objective.good },
    target: objective.target.value,
    targetText: objective.targetText,
    window: { kind: "rolling", minutes: windowMinutes },
    rules,
    noData: { afterMinutes: written.noData?.value?.after?.value ?? DEFAULT_NO_DATA_MINUTES },
    runbook: written.runbook?.value,
    owner: written.owner?.value,
    labels: written.labels?.value ?? {},
    source,
  }));
}

function filterOf(indicator: WrittenIndicator): IndicatorFilter {
  const written = indicator.filter?.value;
  const named = FILTER_FIELDS.flatMap((field) => {
    const values = written?.[field]?.value;
    return values === undefined ? [] : [[field, values] as const];
  });
  return { environment: [DEFAULT_ENVIRONMENT], ...Object.fromEntries(named) };
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
  if (written.percentile !== undefined) return percentileObjectives(written.percentile, written.target?.place, report);
  const target = written.target?.value;
  const condition = conditionOf(indicator.value);
  if (written.target === undefined || target === undefined || condition === undefined) return [];
  return [{ suffix: "", good: condition, target: { value: target.ratio, place: written.target.place }, targetText: target.text }];
}

function conditionOf({ good, latency }: WrittenIndicator): GoodCondition | undefined {
  if (good?.value !== undefined) return { kind: "availability" };
  const thresholdMs = latency?.value?.threshold?.value;
  return thresholdMs === undefined ? undefined : { kind: "latency", thresholdMs };
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
    return [{ suffix, good, target: { value: ratio(percent, 100), place: threshold.place }, targetText: `${percent}%` }];
  });
}

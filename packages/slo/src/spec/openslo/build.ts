import { parseDecimal, ratio, timesRatio } from "../../model/ratio.ts";
import type { Ratio } from "../../model/ratio.ts";
import type { RuleUrgency, Slo } from "../../model/slo.ts";
import type { WrittenAlerting, WrittenPair } from "../alerting.ts";
import { buildSlos } from "../build.ts";
import type { Found, Located } from "@monotask/spec-file";
import type { Place, Report } from "../issue.ts";
import { indicatorField } from "../indicator-shape.ts";
import type { WrittenIndicator } from "../indicator-shape.ts";
import { durationMinutes, factor, sloName } from "../scalars.ts";
import type { WrittenSlo, WrittenWindow } from "../slo-shape.ts";
import type { Value } from "@monotask/spec-file";
import { annotationsOf } from "./annotations.ts";
import { resolve } from "./library.ts";
import type { Library, Loaded } from "./library.ts";
import type { ConditionSpec, Envelope, MetricSource, ObjectiveSpec, SliSpec, SloSpec } from "./shape.ts";

const given = <T>(value: T, place: Place): Located<T> => ({ value, place });

/**
 * The SLOs of all OpenSLO documents, references resolved. A document whose metrics come from elsewhere is valid and named in a warning:
 * it cannot be measured here.
 */
export function buildOpenSlos(library: Library): Slo[] {
  for (const { envelope, document } of library.policies.values())
    for (const entry of envelope.spec?.value?.notificationTargets?.value ?? [])
      if (entry.value.ref?.value !== undefined)
        resolve(library.targets, "AlertNotificationTarget", given(entry.value.ref.value, entry.value.ref.place), document.report);
  return library.slos.flatMap((loaded) => buildOne(library, loaded));
}

function buildOne(library: Library, loaded: Loaded<SloSpec>): Slo[] {
  const { document, envelope, file, name } = loaded;
  let errors = document.errorPlaces.length;
  const report: Report = (place, finding) => {
    if (finding.severity !== "warning") errors += 1;
    document.report(place, finding);
  };
  const spec = envelope.spec?.value;
  const place = envelope.metadata?.value?.name?.place ?? document.root.place;
  const slo = sloName.read({ kind: "text", source: name, place }, report);
  if (spec === undefined || slo === undefined || loaded.hasErrors) return [];
  const objectives = spec.objectives?.value ?? [];
  const window = windowOf(spec, report);
  const alerting = alertingOf(library, spec, report);
  const method = spec.budgetingMethod?.value;
  if (
    method === "RatioTimeslices" ||
    objectives.some(({ value }) => value.indicator !== undefined || value.indicatorRef !== undefined)
  ) {
    const hint = "Use Occurrences or Timeslices with one indicator for the whole SLO.";
    report(spec.budgetingMethod?.place ?? place, {
      code: "not-yet-supported",
      severity: "warning",
      message: "RatioTimeslices and composite SLOs are valid OpenSLO, and not measured here",
      hint,
    });
    return [];
  }
  const sli = indicatorOf(library, spec, place, report);
  const source = { file, line: document.lineAt(place.offset) };
  const annotations = annotationsOf(envelope.metadata?.value?.annotations?.value);
  const built = objectives.flatMap((objective, index) => {
    const target = targetOf(objective, report);
    const indicator = sli === undefined ? undefined : measuredIndicator(library, sli, objective, report);
    if (target === undefined || indicator === undefined || window === undefined) return [];
    const written: WrittenSlo = {
      ...EMPTY,
      name: given(objectives.length === 1 ? slo : `${slo}-${index + 1}`, place),
      service: spec.service,
      description: spec.description,
      indicator,
      target,
      window: given(window, place),
      method: method === "Timeslices" ? given("timeslices", place) : undefined,
      timeslice: method === "Timeslices" ? timesliceOf(objective, report) : undefined,
      alerting,
      ...annotations,
    };
    return buildSlos(given(written, place), source, report);
  });
  return errors > 0 ? [] : built;
}

const EMPTY: WrittenSlo = {
  name: undefined,
  service: undefined,
  description: undefined,
  indicator: undefined,
  symptom: undefined,
  target: undefined,
  percentile: undefined,
  window: undefined,
  method: undefined,
  timeslice: undefined,
  alerting: undefined,
  budgetAlerts: undefined,
  lowTraffic: undefined,
  noData: undefined,
  exclusions: undefined,
  runbook: undefined,
  owner: undefined,
  labels: undefined,
};

/** Exactly one of two keys. */
function onlyOne(
  a: Found<unknown> | undefined,
  b: Found<unknown> | undefined,
  names: string,
  place: Place,
  report: Report,
): boolean {
  if ((a === undefined) !== (b === undefined)) return true;
  report(b?.place ?? place, {
    code: "openslo-one-of",
    message: a === undefined ? `${names} is missing` : `${names} exclude each other`,
    hint: `Write exactly one of ${names}.`,
  });
  return false;
}

function indicatorOf(library: Library, spec: SloSpec, place: Place, report: Report): Envelope<SliSpec> | undefined {
  if (!onlyOne(spec.indicator, spec.indicatorRef, "indicator and indicatorRef", place, report)) return undefined;
  if (spec.indicator !== undefined) return spec.indicator.value;
  const ref = spec.indicatorRef;
  return ref?.value === undefined ? undefined : resolve(library.slis, "SLI", given(ref.value, ref.place), report)?.envelope;
}

/** OpenSLO's units: m is minutes, M months of 30 days. */
function windowOf(spec: SloSpec, report: Report): WrittenWindow | undefined {
  const windows = spec.timeWindow?.value ?? [];
  const [first, second] = windows;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    report(second.place, { code: "openslo-one-of", message: "an SLO has exactly one time window", hint: "Remove the others." });
    return undefined;
  }
  const { duration, isRolling, calendar } = first.value;
  if (duration?.value === undefined) return undefined;
  if (
    !onlyOne(isRolling?.value === true ? isRolling : undefined, calendar, "`isRolling: true` and `calendar`", first.place, report)
  )
    return undefined;
  if (calendar === undefined) {
    const minutes = durationMinutes(15, 90 * 1_440).read(textValue(withoutMonths(duration.value), duration.place), report);
    return minutes === undefined ? undefined : { kind: "rolling", minutes };
  }
  const unit = ({ "1w": "week", "7d": "week", "1M": "month", "1Q": "quarter" } as const)[duration.value];
  if (unit === undefined) {
    const hint = "Write 1w, 1M or 1Q.";
    report(duration.place, {
      code: "duration-out-of-range",
      message: `a calendar window of ${duration.value} is not measured here`,
      hint,
    });
    return undefined;
  }
  return { kind: "calendar", calendar: { unit: given(unit, duration.place), timeZone: calendar.value?.timeZone } };
}

function withoutMonths(duration: string): string {
  const match = /^(\d+)([MQ])$/.exec(duration);
  return match === null ? duration : `${Number(match[1]) * (match[2] === "M" ? 30 : 90)}d`;
}

/** `target: 0.999` or `targetPercent: 99.9`, exactly. */
function targetOf({ value: { target, targetPercent }, place }: Located<ObjectiveSpec>, report: Report): WrittenSlo["target"] {
  if (!onlyOne(target, targetPercent, "target and targetPercent", place, report)) return undefined;
  const written = target ?? targetPercent;
  const decimal = written?.value === undefined ? undefined : parseDecimal(written.value);
  if (written === undefined || decimal === undefined) return undefined;
  return given(targetFrom(decimal, target === undefined), written.place, report);

  function given(share: Ratio, at: Place, told: Report): WrittenSlo["target"] {
    if (share.num > 0 && share.num < share.den)
      return { place: at, value: { text: percentText(share), ratio: share, isStrict: false } };
    const hint = "Write more than 0 and less than 1 (0 % and 100 %): 1 leaves no budget to measure against.";
    told(at, { code: "target-out-of-range", message: `a target of ${written?.value ?? ""} is out of range`, hint });
    return undefined;
  }
}

function targetFrom(decimal: Ratio, isPercent: boolean): Ratio {
  return isPercent ? timesRatio(decimal, ratio(1, 100)) : decimal;
}

function percentText({ num, den }: Ratio): string {
  return `${Number(((num * 100) / den).toFixed(9))}%`;
}

function timesliceOf({ value, place }: Located<ObjectiveSpec>, report: Report): WrittenSlo["timeslice"] {
  const target = value.timeSliceTarget?.value === undefined ? undefined : parseDecimal(value.timeSliceTarget.value);
  const length = value.timeSliceWindow?.value;
  if (target === undefined || length === undefined || target.num > target.den || target.num === 0) {
    const hint = "Write `timeSliceTarget: 0.95` and `timeSliceWindow: 1m` (or 5m).";
    report(place, {
      code: "timeslice-method",
      message: "Timeslices need timeSliceTarget (above 0, at most 1) and timeSliceWindow",
      hint,
    });
    return undefined;
  }
  const minutes = length === "1m" || length === "1" ? 1 : length === "5m" || length === "5" ? 5 : undefined;
  if (minutes === undefined) {
    report(value.timeSliceWindow?.place ?? place, {
      code: "bad-value",
      message: `slices of ${length} are not measured here`,
      hint: "Write 1m or 5m.",
    });
    return undefined;
  }
  const share = { text: percentText(target), ratio: target, isStrict: false };
  return given({ target: given(share, place), length: given(minutes, place) }, place);
}

/** The native indicator of an SLI whose metrics are of type monotask; undefined, with a warning, for metrics of other systems. */
function measuredIndicator(
  library: Library,
  { spec }: Envelope<SliSpec>,
  objective: Located<ObjectiveSpec>,
  report: Report,
): Found<WrittenIndicator> | undefined {
  const ratioMetric = spec?.value?.ratioMetric?.value;
  const thresholdMetric = spec?.value?.thresholdMetric?.value;
  const { op, value } = objective.value;
  if (ratioMetric !== undefined) {
    if (op !== undefined || value !== undefined) {
      const hint = "Leave them out: a ratio has no threshold. OpenSLO's own examples have them, so they are read over.";
      report((op ?? value)?.place ?? objective.place, {
        code: "openslo-op-ignored",
        severity: "warning",
        message: "`op` and `value` say nothing about a ratioMetric",
        hint,
      });
    }
    const good = sourceOf(library, ratioMetric.good?.value?.metricSource, report);
    const total = sourceOf(library, ratioMetric.total?.value?.metricSource, report);
    if (good === undefined || total === undefined) return foreign(spec?.place ?? objective.place, report);
    const indicator = indicatorField.read(good, report);
    const all = indicatorField.read(total, report);
    const isSame = JSON.stringify(rowsOf(indicator)) === JSON.stringify(rowsOf(all));
    if (!isSame)
      report(total.place, {
        code: "different-rows",
        message: "good and total are not counted from the same rows",
        hint: "Write the same `kind` and `filter` in both; `good` or `latency` stands in good's spec alone.",
      });
    return indicator === undefined || !isSame ? undefined : given(indicator, good.place);
  }
  const metric = sourceOf(library, thresholdMetric?.metricSource, report);
  if (metric === undefined) return foreign(spec?.place ?? objective.place, report);
  const indicator = indicatorField.read(metric, report);
  if ((op?.value !== "lt" && op?.value !== "lte") || value?.value === undefined) {
    report(op?.place ?? objective.place, {
      code: "bad-value",
      message: "a thresholdMetric of durations needs `op: lt` and `value` in milliseconds",
      hint: "Write `op: lt` and `value: 200`.",
    });
    return undefined;
  }
  if (indicator === undefined) return undefined;
  const threshold = given(Math.ceil(Number(value.value)), value.place);
  return given({ ...indicator, latency: given({ threshold }, value.place) }, metric.place);
}

/** The spec of a metric of type monotask, named itself or by its data source. */
function sourceOf(library: Library, found: Found<MetricSource> | undefined, report: Report): Value | undefined {
  const source = found?.value;
  if (source === undefined) return undefined;
  const ref = source.metricSourceRef;
  const named =
    ref?.value === undefined ? undefined : resolve(library.sources, "DataSource", given(ref.value, ref.place), report);
  const type = source.type?.value ?? named?.envelope.spec?.value?.type?.value;
  return type?.toLowerCase() === "monotask" ? source.spec?.value : undefined;
}

function foreign(place: Place, report: Report): undefined {
  const hint =
    "Write `type: monotask` with kind, filter and good in its spec, or keep the document for the system that measures it.";
  report(place, {
    code: "openslo-foreign-source",
    severity: "warning",
    message: "the metrics of this indicator come from another system and are not measured here",
    hint,
  });
  return undefined;
}

function rowsOf(indicator: WrittenIndicator | undefined): unknown {
  const filter = Object.entries(indicator?.filter?.value ?? {}).map(([key, found]) => [key, found?.value]);
  return [indicator?.kind?.value, filter];
}

interface Condition {
  readonly urgency: RuleUrgency;
  readonly minutes: Located<number>;
  readonly threshold: Located<Ratio>;
  readonly group: string | undefined;
}

/** Our window pairs from burn-rate conditions: two policies of one `monotask.dev/condition-group` are a pair, a lone one gets a twelfth. */
function alertingOf(library: Library, spec: SloSpec, report: Report): Found<WrittenAlerting> | undefined {
  const entries = spec.alertPolicies;
  if (entries?.value === undefined) return undefined;
  const conditions = entries.value.flatMap((entry): Condition[] => {
    const { ref } = entry.value;
    const policy: Envelope<NonNullable<typeof entry.value.spec>["value"]> | undefined =
      ref?.value === undefined
        ? entry.value
        : resolve(library.policies, "AlertPolicy", given(ref.value, ref.place), report)?.envelope;
    const group = annotationsText(policy?.metadata?.value?.annotations?.value, "monotask.dev/condition-group");
    return (policy?.spec?.value?.conditions?.value ?? []).flatMap(({ value }) => {
      const own =
        value.ref?.value === undefined
          ? value
          : resolve(library.conditions, "AlertCondition", given(value.ref.value, value.ref.place), report)?.envelope;
      const read = own?.spec?.value === undefined ? undefined : conditionOf(own.spec.value, report);
      return read === undefined ? [] : [{ ...read, group }];
    });
  });
  const groups = new Map<string, Condition[]>();
  conditions.forEach((condition, index) => {
    const key = condition.group ?? `#${index}`;
    groups.set(key, [...(groups.get(key) ?? []), condition]);
  });
  const pairs = [...groups.values()].map(pairOf);
  return pairs.length === 0 ? undefined : given({ kind: "pairs", pairs }, entries.place);
}

function pairOf(conditions: readonly Condition[]): Located<WrittenPair> {
  const [first, ...others] = [...conditions].sort((a, b) => b.minutes.value - a.minutes.value);
  const place = first?.minutes.place ?? { path: "", offset: 0 };
  const last = others.at(-1);
  const long = first?.minutes.value ?? 60;
  const short = last?.minutes ?? given(Math.max(2, Math.ceil(long / 12)), place);
  const value: WrittenPair = {
    severity: given(first?.urgency ?? "ticket", place),
    long: given(long, place),
    short,
    factor: first?.threshold,
    budget: undefined,
  };
  return given(value, place);
}

function conditionOf({ severity, condition }: ConditionSpec, report: Report): Omit<Condition, "group"> | undefined {
  const { op, threshold, lookbackWindow } = condition?.value ?? {};
  if (op?.value === undefined || threshold?.value === undefined || lookbackWindow?.value === undefined) return undefined;
  if (op.value === "lt" || op.value === "lte") {
    const hint = "Write `op: gt`. OpenSLO's own examples have lte, so it is read as gt.";
    report(op.place, {
      code: "openslo-op-inverted",
      severity: "warning",
      message: `\`op: ${op.value}\` would alert while the burn is low`,
      hint,
    });
  }
  const minutes = durationMinutes(4, 90 * 1_440).read(
    textValue(withoutMonths(lookbackWindow.value), lookbackWindow.place),
    report,
  );
  const strength = factor.read(textValue(threshold.value, threshold.place), report);
  if (minutes === undefined || strength === undefined) return undefined;
  const urgency = /page|critical|high|urgent|sev-?[01]/i.test(severity?.value ?? "") ? "page" : "ticket";
  return { urgency, minutes: given(minutes, lookbackWindow.place), threshold: given(strength, threshold.place) };
}

function annotationsText(annotations: Value | undefined, key: string): string | undefined {
  if (annotations?.kind !== "map") return undefined;
  const value = annotations.entries.find((entry) => entry.key === key)?.value();
  return value?.kind === "text" ? value.source : undefined;
}

function textValue(source: string, place: Place): Value {
  return { kind: "text", source, place };
}

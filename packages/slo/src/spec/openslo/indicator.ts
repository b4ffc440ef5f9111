import type { Found, Located, Value } from "@monotask/spec-file";
import type { Place, Report } from "../issue.ts";
import { indicatorField } from "../indicator-shape.ts";
import type { WrittenIndicator } from "../indicator-shape.ts";
import { resolve } from "./library.ts";
import type { Library } from "./library.ts";
import type { Envelope, MetricSource, ObjectiveSpec, RatioMetric, SliSpec, SloSpec } from "./shape.ts";
import { given, onlyOne } from "./written.ts";

/** The SLI of an SLO, written in it or referred to. */
export function indicatorOf(library: Library, spec: SloSpec, place: Place, report: Report): Envelope<SliSpec> | undefined {
  if (!onlyOne(spec.indicator, spec.indicatorRef, "indicator and indicatorRef", place, report)) return undefined;
  if (spec.indicator !== undefined) return spec.indicator.value;
  const ref = spec.indicatorRef;
  return ref?.value === undefined ? undefined : resolve(library.slis, "SLI", given(ref.value, ref.place), report)?.envelope;
}

/** The native indicator of an SLI whose metrics are of type monotask; undefined, with a warning, for metrics of other systems. */
export function measuredIndicator(
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
    const place = spec?.value?.ratioMetric?.place ?? objective.place;
    if (!isWhole(ratioMetric, place, report)) return undefined;
    const { raw } = ratioMetric;
    if (raw !== undefined) {
      // A raw metric of ours is counted from the rows it names: success and failure are two views of one ratio.
      const rows = sourceOf(library, raw.value?.metricSource, report);
      const indicator = rows && indicatorField.read(rows, report);
      return rows === undefined ? foreign(place, report) : indicator && given(indicator, rows.place);
    }
    // `bad` counts the events that its condition calls not good: what makes an event good is read from either.
    const good = sourceOf(library, (ratioMetric.good ?? ratioMetric.bad)?.value?.metricSource, report);
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

/** Total with exactly one of good and bad, or raw with its type. */
function isWhole({ good, bad, total, raw, rawType }: RatioMetric, place: Place, report: Report): boolean {
  if (!onlyOne(total, raw, "total and raw", place, report)) return false;
  if (raw === undefined) return onlyOne(good, bad, "good and bad", place, report);
  if (rawType !== undefined) return true;
  const hint = "Write `rawType: success` or `rawType: failure`.";
  report(raw.place, { code: "missing-key", message: "raw needs `rawType`", hint });
  return false;
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

import { parseDecimal, ratio, timesRatio } from "../../model/ratio.ts";
import type { Ratio } from "../../model/ratio.ts";
import type { Located } from "@monotask/spec-file";
import type { Place, Report } from "../issue.ts";
import { durationMinutes } from "../scalars.ts";
import type { WrittenSlo, WrittenWindow } from "../slo-shape.ts";
import type { ObjectiveSpec, SloSpec } from "./shape.ts";
import { given, onlyOne, textValue, withoutMonths } from "./written.ts";

/** OpenSLO's units: m is minutes, M months of 30 days. */
export function windowOf(spec: SloSpec, report: Report): WrittenWindow | undefined {
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

/** `target: 0.999` or `targetPercent: 99.9`, exactly. */
export function targetOf(
  { value: { target, targetPercent }, place }: Located<ObjectiveSpec>,
  report: Report,
): WrittenSlo["target"] {
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

export function timesliceOf({ value, place }: Located<ObjectiveSpec>, report: Report): WrittenSlo["timeslice"] {
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

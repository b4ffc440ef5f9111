import type { Slo } from "../model/slo.ts";
import type { Found } from "@monotask/spec-file";
import { rulesFor } from "./alerting.ts";
import type { WrittenAlerting } from "./alerting.ts";
import type { Report } from "./issue.ts";
import type { WrittenSlo } from "./slo-shape.ts";

/** The pairs that go by what the indicator calls bad. */
export function withoutOwnBad(alerting: Found<WrittenAlerting> | undefined): Found<WrittenAlerting> | undefined {
  if (alerting?.value?.kind !== "pairs") return alerting;
  return { ...alerting, value: { kind: "pairs", pairs: alerting.value.pairs.filter(({ value }) => value.bad === undefined) } };
}

/**
 * An SLO for each pair with a `bad` of its own, counted beside the one it belongs to: `<name>-bad-1`, `<name>-bad-2`. It has that rule and
 * nothing else: the budget and missing data are told of by the SLO itself.
 */
export function ofOwnBad(slo: Slo, { alerting, target, indicator }: WrittenSlo, report: Report): Slo[] {
  if (alerting?.value?.kind !== "pairs") return [];
  const pairs = alerting.value.pairs.filter(({ value }) => value.bad !== undefined);
  return pairs.flatMap((pair, index) => {
    const { bad } = pair.value;
    if (bad?.value === undefined) return [];
    if (slo.indicator.good.kind !== "availability") {
      const hint = "Write it with `good: availability`, or leave it out.";
      report(bad.place, { code: "good-of-kind", message: "`bad` changes only what availability means", hint });
      return [];
    }
    const place = target?.place ?? indicator?.place ?? pair.place;
    const own = { ...alerting, value: { kind: "pairs", pairs: [pair] } } as const;
    const good = {
      kind: "availability",
      badStatuses: bad.value.status?.value ?? slo.indicator.good.badStatuses,
      badOutcomes: bad.value.outcome?.value ?? [],
    } as const;
    return {
      ...slo,
      name: `${slo.name}-bad-${index + 1}`,
      indicator: { ...slo.indicator, good },
      rules: rulesFor(own, slo.window.minutes, { value: slo.target, place }, report),
      budgetAlerts: { burn: undefined, hasLevels: false },
      noData: { ...slo.noData, alert: "off" },
    };
  });
}

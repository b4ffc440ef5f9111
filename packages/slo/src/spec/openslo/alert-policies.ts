import type { Ratio } from "../../model/ratio.ts";
import type { RuleUrgency } from "../../model/slo.ts";
import type { WrittenAlerting, WrittenPair } from "../alerting.ts";
import type { Found, Located, Value } from "@monotask/spec-file";
import type { Report } from "../issue.ts";
import { durationMinutes, factor } from "../scalars.ts";
import { resolve } from "./library.ts";
import type { Library } from "./library.ts";
import type { ConditionSpec, Envelope, SloSpec } from "./shape.ts";
import { given, textValue, withoutMonths } from "./written.ts";

interface Condition {
  readonly urgency: RuleUrgency;
  readonly minutes: Located<number>;
  readonly threshold: Located<Ratio>;
  readonly group: string | undefined;
}

/** Our window pairs from burn-rate conditions: two policies of one `monotask.dev/condition-group` are a pair, a lone one gets a twelfth. */
export function alertingOf(library: Library, spec: SloSpec, report: Report): Found<WrittenAlerting> | undefined {
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
    bad: undefined,
  };
  return given(value, place);
}

function conditionOf({ severity, condition }: ConditionSpec, report: Report): Omit<Condition, "group"> | undefined {
  const { op, threshold, lookbackWindow, alertAfter } = condition?.value ?? {};
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
  if (alertAfter !== undefined) {
    const hint = "Leave it out: the short window keeps an alert from a burn that is over.";
    report(alertAfter.place, {
      code: "not-yet-supported",
      severity: "warning",
      message: "`alertAfter` is read over: a rule fires in the minute in which both its windows burn",
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

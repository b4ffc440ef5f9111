import { listOf, parseDurationMs, type Located, type Place, type Report } from "@monotask/spec-file";
import type { Matcher } from "../model/matcher.ts";
import { channelOf, type Target } from "../model/target.ts";
import type { Route } from "../routing/configured.ts";
import type { MuteTime } from "../routing/mute-times.ts";
import { QUERY_THRESHOLDS_MS } from "./cell.ts";
import { MEASURES, type Limit, type Measure, type Rule } from "./rule.ts";
import type { WrittenMute, WrittenRoute, WrittenRule } from "./shape.ts";

type LineAt = (offset: number) => number;

const IN_PRODUCTION: readonly Matcher[] = [{ label: "environment", op: "=", value: "production" }];
const WARNINGS: readonly Matcher[] = [{ label: "severity", op: "=", value: "warning" }];
const WEEKDAYS = ["su", "mo", "tu", "we", "th", "fr", "sa"];

/** The rule of an entry; undefined where something of it is wrong, which has then been reported. */
export function buildRule({ value, place }: Located<WrittenRule>, lineAt: LineAt, report: Report): Rule | undefined {
  const name = value.name?.value;
  const measure = value.measure?.value;
  const severity = value.severity?.value;
  const windowMinutes = value.window?.value;
  const runbook = value.runbook?.value;
  const limit = measure && limitOf(value, measure, place, report);
  if (value.orStatus && measure !== undefined && !["error-rate", "timeout-rate"].includes(measure)) {
    const hint = "Leave it out, or measure error-rate or timeout-rate.";
    report(value.orStatus.place, { code: "bad-value", message: `orStatus means nothing for ${measure}`, hint });
  }
  if (name === undefined || measure === undefined || severity === undefined) return undefined;
  if (windowMinutes === undefined || runbook === undefined || limit === undefined) return undefined;
  const status = value.orStatus?.value?.status?.value;
  const statusMinutes = value.orStatus?.value?.minutes?.value;
  return {
    name,
    measure,
    direction: limit.direction,
    limit: limit.limit,
    limitText: limit.text,
    severity,
    symptom: value.symptom?.value ?? MEASURES[measure].symptom,
    windowMinutes,
    forMinutes: value.for?.value ?? 0,
    keepFiringForMinutes: value.keepFiringFor?.value ?? 0,
    minEvents: value.minEvents?.value ?? 0,
    minBad: value.minBad?.value ?? 0,
    ...(status === undefined || statusMinutes === undefined ? {} : { orStatus: { status, minutes: statusMinutes } }),
    per: value.per?.value ?? defaultPer(measure),
    where: value.where?.value ?? IN_PRODUCTION,
    runbook,
    line: lineAt(place.offset),
  };
}

/** A depth is a queue's, a count a category's: measured together they would mean nothing. */
function defaultPer(measure: Measure): Rule["per"] {
  return ["queue-depth", "sandboxes-active", "error-count"].includes(measure) ? ["subject"] : [];
}

interface WrittenLimit {
  readonly direction: "above" | "below";
  readonly limit: Limit;
  readonly text: string;
}

function limitOf(value: WrittenRule, measure: Measure, place: Place, report: Report): WrittenLimit | undefined {
  const [above, below] = [value.above, value.below];
  if ((above === undefined) === (below === undefined)) {
    const message = above ? "above and below exclude each other" : '"above" or "below" is missing';
    report(below?.place ?? place, { code: "limit-side", message, hint: "Write exactly one of above and below." });
    return undefined;
  }
  const written = above ?? below;
  const source = written?.value;
  if (written === undefined || source === undefined) return undefined;
  const { unit } = MEASURES[measure];
  if (value.percentile && unit !== "duration") {
    const hint = "Leave percentile out, or measure latency or database-latency.";
    report(value.percentile.place, { code: "bad-value", message: `${measure} has no percentile`, hint });
    return undefined;
  }
  const limit = parseLimit(source, measure, Number((value.percentile?.value ?? "p95").slice(1)));
  if (!limit) {
    report(written.place, { code: "bad-limit", message: `"${source}" is no limit of ${measure}`, hint: LIMIT_HINTS[unit] });
    return undefined;
  }
  if (measure === "database-latency" && limit.kind === "percentile" && !QUERY_THRESHOLDS_MS.includes(limit.ms)) {
    const hint = `Queries are counted at ${listOf(QUERY_THRESHOLDS_MS.map((ms) => `${ms}ms`))}: write one of them.`;
    report(written.place, { code: "bad-limit", message: `${source} is not counted apart`, hint });
    return undefined;
  }
  const text = limit.kind === "percentile" ? `P${limit.percent} ${source}` : source;
  return { direction: above ? "above" : "below", limit, text };
}

const LIMIT_HINTS = {
  share: 'Write a percentage above 0 and below 100: "5%".',
  duration: 'Write a duration: "200ms", "30s".',
  number: "Write a whole number: 100.",
} as const;

function parseLimit(source: string, measure: Measure, percent: number): Limit | undefined {
  switch (MEASURES[measure].unit) {
    case "share": {
      const [, whole = "", fraction = ""] = /^(\d{1,2})(?:\.(\d{1,6}))?%$/.exec(source) ?? [];
      const num = Number(whole + fraction);
      return whole !== "" && num > 0 ? { kind: "share", num, den: 100 * 10 ** fraction.length } : undefined;
    }
    case "duration": {
      const ms = parseDurationMs(source);
      return ms === undefined ? undefined : { kind: "percentile", percent, ms };
    }
    case "number":
      return /^\d{1,9}$/.test(source) ? { kind: "number", value: Number(source) } : undefined;
  }
}

/** The route of an entry. */
export function buildRoute(
  { value, place }: Located<WrittenRoute>,
  hasLevels: boolean,
  lineAt: LineAt,
  report: Report,
): Route | undefined {
  const match = value.match?.value;
  const targets = value.targets?.value?.map((one) => one.value);
  if (match === undefined || targets === undefined) return undefined;
  const pages = targets.some((target) => channelOf(target) === "pagerduty");
  const escalation = value.escalation?.value ?? (pages ? "pagerduty" : hasLevels ? "ours" : "none");
  if (escalation === "ours" && !hasLevels) {
    const hint = "Write `escalation: { levels: [{ after: 15m, targets: [email:lead@example.com] }] }` at the file's end.";
    report(value.escalation?.place ?? place, {
      code: "escalation-without-targets",
      message: "nobody is named to escalate to",
      hint,
    });
    return undefined;
  }
  if (escalation === "pagerduty" && !pages) {
    const hint = 'Add pagerduty to targets, or write "ours" or "none".';
    report(value.escalation?.place ?? place, {
      code: "escalation-without-targets",
      message: "PagerDuty is no target of this route",
      hint,
    });
    return undefined;
  }
  const pagesOutsideProduction = value.pagesOutsideProduction?.value === "yes";
  return { match, targets, escalation, pagesOutsideProduction, line: lineAt(place.offset) };
}

/** Targets of the fallback or of a level. */
export function targetsOf(list: readonly Located<Target>[] | undefined): readonly Target[] {
  return list?.map((one) => one.value) ?? [];
}

/** Quiet hours of an entry. */
export function buildMute({ value, place }: Located<WrittenMute>, report: Report): MuteTime | undefined {
  const name = value.name?.value;
  const timeZone = value.timeZone?.value;
  if (name === undefined || timeZone === undefined) return undefined;
  const [first, last] = [value.firstDay?.value, value.lastDay?.value];
  if ([value.days, value.from, value.to, value.firstDay, value.lastDay].every((written) => written === undefined)) {
    const hint = "Write days and times, or firstDay and lastDay.";
    report(place, { code: "mute-without-time", message: "these quiet hours never end", hint });
    return undefined;
  }
  if (first !== undefined && last !== undefined && last < first) {
    const hint = "Write the earlier day as firstDay.";
    report(value.lastDay?.place ?? place, { code: "bad-time", message: `${last} is before ${first}`, hint });
    return undefined;
  }
  return {
    name,
    timeZone,
    match: value.match?.value ?? WARNINGS,
    weekdays: (value.days?.value ?? []).map((day) => WEEKDAYS.indexOf(day)),
    from: value.from?.value ?? 0,
    to: value.to?.value ?? 1_440,
    ...(first === undefined ? {} : { firstDay: first }),
    ...(last === undefined ? {} : { lastDay: last }),
    mutesCritical: value.critical?.value === "mute",
  };
}

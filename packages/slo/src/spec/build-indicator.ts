import type { FilterField, GoodCondition, IndicatorFilter, IndicatorKind } from "../model/slo.ts";
import type { Place, Report } from "./issue.ts";
import { listOf } from "@monotask/spec-file";
import { WRITTEN_FILTERS } from "./indicator-shape.ts";
import type { GoodWord, WrittenFilterKey, WrittenIndicator } from "./indicator-shape.ts";

/** The environment of workers that name none; staging must never spend production's budget. */
const DEFAULT_ENVIRONMENT = "production";

const ROUTES = ["worker", "environment", "endpoint", "method"] as const;

/** Which keys each kind can be filtered by, and what they are called inside. */
const KEYS_OF_KIND: Readonly<Record<IndicatorKind, readonly WrittenFilterKey[]>> = {
  request: ROUTES,
  database: ROUTES,
  queue: ["worker", "environment", "queue"],
  sandbox: ["worker", "environment", "pool", "event"],
  external: ["worker", "environment", "host"],
  probe: ["worker", "environment", "probe"],
  custom: ["worker", "environment", "metric"],
};

const WORDS_OF_KIND: Readonly<Record<IndicatorKind, readonly GoodWord[]>> = {
  request: ["availability"],
  database: ["success"],
  queue: ["success", "no-retry"],
  sandbox: ["success", "no-timeout"],
  external: ["success", "no-timeout"],
  probe: ["success"],
  custom: [],
};

/** Database queries are counted one by one at these durations, in the point of their request. */
export const DATABASE_THRESHOLDS_MS: readonly number[] = [50, 100];

/** The filter of an indicator; keys that its kind does not have are reported. */
export function filterOf(kind: IndicatorKind, indicator: WrittenIndicator, report: Report): IndicatorFilter {
  const written = indicator.filter?.value;
  const filter: Partial<Record<FilterField, readonly string[]>> = { environment: [DEFAULT_ENVIRONMENT] };
  for (const key of WRITTEN_FILTERS) {
    const found = written?.[key];
    if (found === undefined) continue;
    if (!KEYS_OF_KIND[kind].includes(key)) {
      const hint = `Filter ${kind} by ${listOf(KEYS_OF_KIND[kind])}.`;
      report(found.place, { code: "filter-of-kind", message: `${kind} has no "${key}"`, hint });
    } else if (found.value !== undefined) filter[fieldOf(key)] = found.value;
  }
  if (kind === "sandbox" && filter.event === undefined && indicator.latency !== undefined) filter.event = ["provisioned"];
  return filter;
}

function fieldOf(key: WrittenFilterKey): FilterField {
  switch (key) {
    case "queue":
    case "pool":
    case "host":
    case "probe":
    case "metric":
      return "subject";
    default:
      return key;
  }
}

/** What makes an event good, undefined when nothing or something wrong says so. */
export function goodOf(indicator: WrittenIndicator, report: Report): GoodCondition | undefined {
  const { good, bad, latency } = indicator;
  const kind = indicator.kind?.value;
  if (bad !== undefined && good?.value !== "availability") {
    const hint = "Write it with `good: availability`, or leave it out.";
    report(bad.place, { code: "good-of-kind", message: "`bad` changes only what availability means", hint });
  }
  if (good?.value !== undefined) {
    const condition = conditionOf(good.value, indicator);
    return isGoodOfKind(kind, condition, good.place, report) ? condition : undefined;
  }
  const thresholdMs = latency?.value?.threshold?.value;
  if (latency === undefined || thresholdMs === undefined) return undefined;
  const condition: GoodCondition = { kind: "latency", thresholdMs };
  return isGoodOfKind(kind, condition, latency.value?.threshold?.place ?? latency.place, report) ? condition : undefined;
}

function conditionOf(word: GoodWord, { bad }: WrittenIndicator): GoodCondition {
  if (word !== "availability") return { kind: word };
  return {
    kind: "availability",
    badStatuses: bad?.value?.status?.value ?? [{ from: 500, to: 599 }],
    badOutcomes: bad?.value?.outcome?.value ?? [],
  };
}

/** Whether a condition says something of events of a kind; reports it where it does not. */
export function isGoodOfKind(kind: IndicatorKind | undefined, good: GoodCondition, place: Place, report: Report): boolean {
  if (kind === undefined) return true;
  if (good.kind === "latency") {
    if (kind !== "database" || DATABASE_THRESHOLDS_MS.includes(good.thresholdMs)) return true;
    const hint = `Write ${listOf(DATABASE_THRESHOLDS_MS.map((ms) => `${ms}ms`))}: queries are counted at these durations.`;
    report(place, { code: "good-of-kind", message: `database queries are not counted at ${good.thresholdMs}ms`, hint });
    return false;
  }
  const words = WORDS_OF_KIND[kind];
  if (words.some((word) => word === good.kind)) return true;
  const hint = words.length === 0 ? "Write `latency: {threshold: …}`." : `Write \`good: ${words.join("` or `good: ")}\`.`;
  report(place, { code: "good-of-kind", message: `"${good.kind}" says nothing about ${kind}`, hint });
  return false;
}

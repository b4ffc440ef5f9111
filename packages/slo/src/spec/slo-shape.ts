import { INDICATOR_KINDS } from "../model/slo.ts";
import type { FilterField, IndicatorKind } from "../model/slo.ts";
import { alertingField } from "./alerting.ts";
import type { WrittenAlerting } from "./alerting.ts";
import { anyText, described, listOfAtLeastOne, object, oneOf, oneOrMore, optional, required, textMap } from "./decoder.ts";
import type { Decoder, Found, Located } from "./decoder.ts";
import type { JsonSchema } from "./json-schema.ts";
import { durationMinutes, durationMs, sloName, targetPercent } from "./scalars.ts";
import type { WrittenTarget } from "./scalars.ts";

/** The native format's version. */
export const API_VERSION = "monotask.dev/v1" as const;

/** Kinds of the telemetry schema that no indicator is measured on yet. */
const LATER_KINDS = ["error", "queue", "sandbox", "external", "invocation", "gauge", "probe", "custom"];
/** Keys of the format that have no meaning yet. */
const LATER_KEYS = ["exclusions", "lowTraffic", "objectives"];

const DAY = 1_440;
/** Slices are kept 90 days, and a window needs twelfths of at least one slice. */
const WINDOW_BOUNDS = [15, 90 * DAY] as const;
/** Analytics Engine stores milliseconds; no request runs longer than a day. */
const LATENCY_BOUNDS_MS = [1, 86_400_000] as const;

/** `indicator:` as written. */
export interface WrittenIndicator {
  readonly kind: Found<IndicatorKind> | undefined;
  readonly filter: Found<WrittenFilter> | undefined;
  readonly good: Found<"availability"> | undefined;
  readonly latency: Found<{ readonly threshold: Found<number> | undefined }> | undefined;
}

export type WrittenFilter = { readonly [F in FilterField]: Found<readonly string[]> | undefined };

/** `percentile:` as written, thresholds in milliseconds. */
export type WrittenPercentile = { readonly [P in "p50" | "p75" | "p90" | "p95" | "p99"]: Found<number> | undefined };

/** One entry of `slos:` as written. */
export interface WrittenSlo {
  readonly name: Found<string> | undefined;
  readonly service: Found<string> | undefined;
  readonly description: Found<string> | undefined;
  readonly indicator: Found<WrittenIndicator> | undefined;
  readonly target: Found<WrittenTarget> | undefined;
  readonly percentile: Found<WrittenPercentile> | undefined;
  readonly window: Found<number> | undefined;
  readonly method: Found<"occurrences"> | undefined;
  readonly alerting: Found<WrittenAlerting> | undefined;
  readonly noData: Found<{ readonly after: Found<number> | undefined }> | undefined;
  readonly runbook: Found<string> | undefined;
  readonly owner: Found<string> | undefined;
  readonly labels: Found<Readonly<Record<string, string>>> | undefined;
}

/** A document of the native format as written. */
export interface WrittenFile {
  readonly apiVersion: Found<typeof API_VERSION> | undefined;
  readonly slos: Found<readonly Located<WrittenSlo>[]> | undefined;
}

const values = oneOrMore(anyText);

const filterField: Decoder<WrittenFilter> = object({
  worker: optional(described(values, "The worker's name, or a list of names.")),
  environment: optional(described(values, "Left out: production only, so that staging never spends production's budget.")),
  endpoint: optional(described(values, "Route patterns as the telemetry writes them: /api/tasks/:id.")),
  method: optional(described(values, "HTTP methods in capitals.")),
});

const indicatorField: Decoder<WrittenIndicator> = object({
  kind: required(oneOf(INDICATOR_KINDS, LATER_KINDS)),
  filter: optional(filterField),
  good: optional(described(oneOf(["availability"]), "Good is below status 500 and not thrown or killed; 4xx is good.")),
  latency: optional(object({ threshold: required(durationMs(...LATENCY_BOUNDS_MS)) })),
});

const threshold = optional(durationMs(...LATENCY_BOUNDS_MS));
const percentileField: Decoder<WrittenPercentile> = object(
  { p50: threshold, p75: threshold, p90: threshold, p95: threshold, p99: threshold },
  { atLeastOneOf: ["p95", "p50", "p75", "p90", "p99"] },
);

const rollingWindow = durationMinutes(...WINDOW_BOUNDS);
const windowField: Decoder<number> = {
  schema: rollingWindow.schema,
  read: (value, report) => {
    const isCalendar = value.kind === "map" && value.entries.some((entry) => entry.key === "calendar");
    if (!isCalendar) return rollingWindow.read(value, report);
    const hint = 'Write a rolling window for now: "30d".';
    report(value.place, { code: "not-yet-supported", message: "calendar windows are not supported yet", hint });
    return undefined;
  },
};

const sloField: Decoder<WrittenSlo> = object(
  {
    name: required(described(sloName, "Unique over all files; the history hangs on it.")),
    service: required(described(anyText, "The service the objective is about.")),
    description: optional(anyText),
    indicator: required(indicatorField),
    target: optional(described(targetPercent, 'Share of good events, as text: "99.9%".')),
    percentile: optional(described(percentileField, "`p95: 200ms` means: 95 % of events take less than 200 ms.")),
    window: optional(described(windowField, "Rolling window, 30d when left out.")),
    method: optional(oneOf(["occurrences"], ["timeslices"])),
    alerting: optional(described(alertingField, "Left out: the default table of the window.")),
    noData: optional(object({ after: required(durationMinutes(1, DAY)) })),
    runbook: optional(anyText),
    owner: optional(anyText),
    labels: optional(textMap),
  },
  { later: LATER_KEYS, atLeastOneOf: ["target", "percentile"] },
);

/** A document of the native format. */
export const fileField: Decoder<WrittenFile> = object({
  apiVersion: required(oneOf([API_VERSION])),
  slos: required(listOfAtLeastOne(sloField)),
});

/** JSON Schema of the native format, for editors: `# yaml-language-server: $schema=slo-schema.json` above a file. */
export const sloJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Service level objectives (monotask.dev/v1)",
  ...fileField.schema,
};

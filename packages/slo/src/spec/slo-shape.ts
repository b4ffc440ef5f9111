import type { Ratio } from "../model/ratio.ts";
import type { RuleUrgency, SloSymptom } from "../model/slo.ts";
import { alertingField } from "./alerting.ts";
import type { WrittenAlerting } from "./alerting.ts";
import { anyText, described, listOfAtLeastOne, object, oneOf, optional, required, textMap } from "@monotask/spec-file";
import type { Decoder, Field, Found, JsonSchema, Located } from "@monotask/spec-file";
import { exclusionField } from "./exclusion-shape.ts";
import type { WrittenExclusion } from "./exclusion-shape.ts";
import { calendarField, indicatorField, LATENCY_BOUNDS_MS, symptomField } from "./indicator-shape.ts";
import type { WrittenCalendar, WrittenIndicator } from "./indicator-shape.ts";
import { probeField } from "./probe-shape.ts";
import type { WrittenProbe } from "./probe-shape.ts";
import { durationMinutes, durationMs, factor, sloName, targetPercent } from "./scalars.ts";
import type { WrittenTarget } from "./scalars.ts";

/** The native format's version. */
export const API_VERSION = "monotask.dev/v1" as const;

/** Keys of the format that have no meaning yet. */
const LATER_KEYS = ["objectives"];

const DAY = 1_440;
/** Slices are kept 90 days, and a window needs twelfths of at least one slice. */
const WINDOW_BOUNDS = [15, 90 * DAY] as const;

/** `percentile:` as written, thresholds in milliseconds. */
export type WrittenPercentile = { readonly [P in "p50" | "p75" | "p90" | "p95" | "p99"]: Found<number> | undefined };

/** `window:` as written. */
export type WrittenWindow =
  { readonly kind: "rolling"; readonly minutes: number } | { readonly kind: "calendar"; readonly calendar: WrittenCalendar };

/** `lowTraffic:` as written. */
export type WrittenLowTraffic =
  { readonly kind: "off" } | { readonly kind: "guard"; readonly falsePagesPerYear: Found<Ratio> | undefined };

/** One entry of `slos:` as written. */
export interface WrittenSlo {
  readonly name: Found<string> | undefined;
  readonly service: Found<string> | undefined;
  readonly description: Found<string> | undefined;
  readonly indicator: Found<WrittenIndicator> | undefined;
  readonly symptom: Found<SloSymptom> | undefined;
  readonly target: Found<WrittenTarget> | undefined;
  readonly percentile: Found<WrittenPercentile> | undefined;
  readonly window: Found<WrittenWindow> | undefined;
  readonly method: Found<"occurrences" | "timeslices"> | undefined;
  readonly timeslice:
    Found<{ readonly target: Found<WrittenTarget> | undefined; readonly length: Found<number> | undefined }> | undefined;
  readonly alerting: Found<WrittenAlerting> | undefined;
  readonly budgetAlerts: Found<"on" | "off"> | undefined;
  readonly lowTraffic: Found<WrittenLowTraffic> | undefined;
  readonly noData:
    Found<{ readonly after: Found<number> | undefined; readonly alert: Found<RuleUrgency | "off"> | undefined }> | undefined;
  readonly exclusions: Found<readonly Located<WrittenExclusion>[]> | undefined;
  readonly runbook: Found<string> | undefined;
  readonly owner: Found<string> | undefined;
  readonly labels: Found<Readonly<Record<string, string>>> | undefined;
}

/** A document of the native format as written. */
export interface WrittenFile {
  readonly apiVersion: Found<typeof API_VERSION> | undefined;
  readonly slos: Found<readonly Located<WrittenSlo>[]> | undefined;
  readonly probes: Found<readonly Located<WrittenProbe>[]> | undefined;
}

const threshold = optional(durationMs(...LATENCY_BOUNDS_MS));
const percentileField: Decoder<WrittenPercentile> = object(
  { p50: threshold, p75: threshold, p90: threshold, p95: threshold, p99: threshold },
  { atLeastOneOf: ["p95", "p50", "p75", "p90", "p99"] },
);

const rollingWindow = durationMinutes(...WINDOW_BOUNDS);
const calendarWindow = object({ calendar: required(calendarField) });
const windowField: Decoder<WrittenWindow> = {
  schema: { anyOf: [rollingWindow.schema, calendarWindow.schema] },
  read: (value, report) => {
    if (value.kind !== "map") {
      const minutes = rollingWindow.read(value, report);
      return minutes === undefined ? undefined : { kind: "rolling", minutes };
    }
    const calendar = calendarWindow.read(value, report)?.calendar?.value;
    return calendar === undefined ? undefined : { kind: "calendar", calendar };
  },
};

const offWord = oneOf(["off"]);
const guardField = object({ falsePagesPerYear: required(factor) });
const lowTrafficField: Decoder<WrittenLowTraffic> = {
  schema: { anyOf: [offWord.schema, guardField.schema] },
  read: (value, report) => {
    if (value.kind === "text") return offWord.read(value, report) === undefined ? undefined : { kind: "off" };
    const guard = guardField.read(value, report);
    return guard === undefined ? undefined : { kind: "guard", ...guard };
  },
};

/** Length of a time slice: a minute, or the five minutes that other systems use. */
const sliceLength: Decoder<number> = {
  schema: { enum: ["1m", "5m"] },
  read: (value, report) => {
    const word = oneOf(["1m", "5m"]).read(value, report);
    return word === undefined ? undefined : word === "1m" ? 1 : 5;
  },
};

/** The keys of one SLO. */
export const sloShape: { readonly [K in keyof WrittenSlo]: Field<NonNullable<NonNullable<WrittenSlo[K]>["value"]>> } = {
  name: required(described(sloName, "Unique over all files; the history hangs on it.")),
  service: required(described(anyText, "The service the objective is about.")),
  description: optional(anyText),
  indicator: required(indicatorField),
  symptom: optional(described(symptomField, "What users feel; groups alerts. Left out: latency or availability.")),
  target: optional(described(targetPercent, 'Share of good events, as text: "99.9%".')),
  percentile: optional(described(percentileField, "`p95: 200ms` means: 95 % of events take less than 200 ms.")),
  window: optional(described(windowField, "Rolling window, 30d when left out, or a calendar period.")),
  method: optional(described(oneOf(["occurrences", "timeslices"]), "Events are counted, or slices of time.")),
  timeslice: optional(object({ target: required(targetPercent), length: optional(sliceLength) })),
  alerting: optional(described(alertingField, "Left out: the default table of the window.")),
  budgetAlerts: optional(
    described(oneOf(["on", "off"]), "Burn above 10×, less than 10 % left, nothing left; on for 7 days and more."),
  ),
  lowTraffic: optional(
    described(lowTrafficField, "False alerts a year that chance may cause; 1 when left out, `off` for no guard."),
  ),
  noData: optional(
    object({
      after: optional(durationMinutes(1, DAY)),
      alert: optional(described(oneOf<RuleUrgency | "off">(["page", "ticket", "off"]), "ticket when left out.")),
    }),
  ),
  exclusions: optional(listOfAtLeastOne(exclusionField)),
  runbook: optional(anyText),
  owner: optional(anyText),
  labels: optional(textMap),
};

const sloField: Decoder<WrittenSlo> = object(sloShape, { later: LATER_KEYS, atLeastOneOf: ["target", "percentile"] });

/** A document of the native format. */
export const fileField: Decoder<WrittenFile> = object(
  {
    apiVersion: required(oneOf([API_VERSION])),
    slos: optional(listOfAtLeastOne(sloField)),
    probes: optional(described(listOfAtLeastOne(probeField), "Requests that the evaluator makes on its own.")),
  },
  { atLeastOneOf: ["slos", "probes"] },
);

/** JSON Schema of the native format, for editors: `# yaml-language-server: $schema=slo-schema.json` above a file. */
export const sloJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Service level objectives (monotask.dev/v1)",
  ...fileField.schema,
};

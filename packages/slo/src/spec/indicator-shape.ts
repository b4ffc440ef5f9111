import { CALENDAR_UNITS, INDICATOR_KINDS, SYMPTOMS_OF_SLOS } from "../model/slo.ts";
import type { CalendarUnit, IndicatorKind, SloSymptom, StatusRange } from "../model/slo.ts";
import { anyText, described, isTimeZone, object, oneOf, oneOrMore, optional, required, text } from "@monotask/spec-file";
import type { Decoder, Found } from "@monotask/spec-file";
import { durationMs } from "./scalars.ts";

/** Kinds of the telemetry schema that no indicator is measured on yet. */
const LATER_KINDS = ["error", "invocation", "gauge", "alert"];
/** Analytics Engine stores milliseconds; nothing that is measured runs longer than a day. */
export const LATENCY_BOUNDS_MS = [1, 86_400_000] as const;

/** The keys of `filter:` as people write them. */
export const WRITTEN_FILTERS = [
  "worker",
  "environment",
  "endpoint",
  "method",
  "queue",
  "pool",
  "host",
  "probe",
  "metric",
  "event",
] as const;
export type WrittenFilterKey = (typeof WRITTEN_FILTERS)[number];

export type WrittenFilter = { readonly [F in WrittenFilterKey]: Found<readonly string[]> | undefined };

/** The condition of `good:` by its word. */
export type GoodWord = "availability" | "success" | "no-timeout" | "no-retry";

/** `bad:` as written: what replaces the rule that 5xx and exceptions are bad. */
export interface WrittenBad {
  readonly status: Found<readonly StatusRange[]> | undefined;
  readonly outcome: Found<readonly string[]> | undefined;
}

/** `indicator:` as written. */
export interface WrittenIndicator {
  readonly kind: Found<IndicatorKind> | undefined;
  readonly filter: Found<WrittenFilter> | undefined;
  readonly good: Found<GoodWord> | undefined;
  readonly bad: Found<WrittenBad> | undefined;
  readonly latency: Found<{ readonly threshold: Found<number> | undefined }> | undefined;
}

const values = oneOrMore(anyText);

const filterField: Decoder<WrittenFilter> = object({
  worker: optional(described(values, "The worker's name, or a list of names.")),
  environment: optional(described(values, "Left out: production only, so that staging never spends production's budget.")),
  endpoint: optional(described(values, "Route patterns as the telemetry writes them: /api/tasks/:id.")),
  method: optional(described(values, "HTTP methods in capitals.")),
  queue: optional(described(values, "Queues, for kind queue.")),
  pool: optional(described(values, "Pools, for kind sandbox.")),
  host: optional(described(values, "Hosts called, for kind external.")),
  probe: optional(described(values, "Probes, for kind probe.")),
  metric: optional(described(values, "Names of custom metrics in milliseconds, for kind custom.")),
  event: optional(described(values, "Events of a sandbox: provisioned, executed, destroyed.")),
});

/** `500`, `5xx` or `500-599`. */
export const statusRange: Decoder<StatusRange> = text(
  { pattern: "^([1-5]xx|[1-5]\\d\\d(-[1-5]\\d\\d)?)$" },
  (source) => {
    const match = /^(?:([1-5])xx|([1-5]\d\d)(?:-([1-5]\d\d))?)$/.exec(source);
    const [, hundred, from, to = from] = match ?? [];
    const range =
      hundred === undefined
        ? { from: Number(from), to: Number(to) }
        : { from: Number(hundred) * 100, to: Number(hundred) * 100 + 99 };
    if (match !== null && range.from <= range.to) return { value: range };
    return { code: "bad-value", message: `"${source}" is not a status`, hint: 'Write "5xx", "429" or "500-504".' };
  },
  "read",
);

export const badField: Decoder<WrittenBad> = object(
  {
    status: optional(described(oneOrMore(statusRange), 'Statuses that are bad, instead of "5xx".')),
    outcome: optional(
      described(
        oneOrMore(oneOf(["client_error", "client_disconnect"])),
        "Outcomes that are bad on top: a client that went away.",
      ),
    ),
  },
  { atLeastOneOf: ["status", "outcome"] },
);

export const indicatorField: Decoder<WrittenIndicator> = object({
  kind: required(oneOf(INDICATOR_KINDS, LATER_KINDS)),
  filter: optional(filterField),
  good: optional(
    described(
      oneOf<GoodWord>(["availability", "success", "no-timeout", "no-retry"]),
      "availability: below status 500 and not thrown or killed, 4xx is good. success: it succeeded. no-timeout: it did not run out of time. no-retry: of all deliveries of messages, those that were not retried.",
    ),
  ),
  bad: optional(described(badField, "Replaces what is bad under `good: availability`.")),
  latency: optional(object({ threshold: required(durationMs(...LATENCY_BOUNDS_MS)) })),
});

/** An IANA time zone. */
export const timeZone: Decoder<string> = text({ pattern: "^(UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$" }, (source) =>
  isTimeZone(source)
    ? { value: source }
    : { code: "bad-time-zone", message: `"${source}" is not a time zone`, hint: 'Write an IANA name: "Europe/Berlin" or "UTC".' },
);

/** `calendar: {unit, timeZone}` as written. */
export interface WrittenCalendar {
  readonly unit: Found<CalendarUnit> | undefined;
  readonly timeZone: Found<string> | undefined;
}

export const calendarField: Decoder<WrittenCalendar> = object({
  unit: required(oneOf(CALENDAR_UNITS)),
  timeZone: optional(described(timeZone, "Whose midnight begins the period; UTC when left out.")),
});

export const symptomField: Decoder<SloSymptom> = oneOf(SYMPTOMS_OF_SLOS);

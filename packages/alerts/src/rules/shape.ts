import {
  anyText,
  described,
  listOfAtLeastOne,
  object,
  oneOf,
  oneOrMore,
  optional,
  required,
  text,
  type Decoder,
  type Fields,
  type Found,
  type JsonSchema,
  type Located,
} from "@monotask/spec-file";
import { SEVERITIES } from "../model/severity.ts";
import { SYMPTOMS } from "../model/signal.ts";
import { MAX_WINDOW_MINUTES, MEASURES, type Measure } from "./rule.ts";
import { day, matcher, minutes, target, timeOfDay, timeZone, wholeNumber } from "./scalars.ts";

/** Version of the format. */
export const API_VERSION = "monotask.dev/alerts/v1";

const MEASURE_NAMES = Object.keys(MEASURES).filter((name): name is Measure => name in MEASURES);

const NAME_PATTERN = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const name: Decoder<string> = text({ pattern: NAME_PATTERN.source }, (source) =>
  NAME_PATTERN.test(source)
    ? { value: source }
    : {
        code: "bad-name",
        message: `"${source}" is not a name`,
        hint: "Write 1 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends.",
      },
);

const limit: Decoder<string> = text({}, (source) => ({ value: source }), "read");

const orStatusShape = { status: required(wholeNumber(400, 599)), minutes: required(wholeNumber(1, MAX_WINDOW_MINUTES)) };

const ruleShape = {
  name: required(described(name, "Unique; alerts are called rule:{name}.")),
  measure: required(described(oneOf(MEASURE_NAMES), "What is looked at.")),
  above: optional(described(limit, 'Wrong when above: "5%" of a share, "200ms" of a latency, a number of a depth or count.')),
  below: optional(described(limit, 'Wrong when below: "99%" of availability.')),
  percentile: optional(described(oneOf(["p50", "p75", "p90", "p95", "p99"]), "Of a latency; p95 when left out.")),
  severity: required(oneOf(SEVERITIES)),
  symptom: optional(described(oneOf(SYMPTOMS), "Alerts of one environment, worker and symptom are one outage.")),
  window: required(described(minutes(1, MAX_WINDOW_MINUTES), "Time that is measured together.")),
  for: optional(described(minutes(0, 60), "How long it has to hold; at once when left out.")),
  keepFiringFor: optional(described(minutes(0, 60), "How long the alert stays after it last held.")),
  minEvents: optional(described(wholeNumber(0), "Events below which a window says nothing.")),
  minBad: optional(described(wholeNumber(0), "Bad events below which a window says nothing.")),
  orStatus: optional(
    described(object(orStatusShape), "Holds as well when a status was answered in so many minutes without a gap."),
  ),
  per: optional(described(oneOrMore(oneOf(["endpoint", "subject"])), "Measured apart for each, beside environment and worker.")),
  where: optional(described(oneOrMore(matcher), "What is measured; environment=production when left out.")),
  runbook: required(described(anyText, "Path or URL of what to do.")),
};

const escalationShape = {
  levels: required(
    listOfAtLeastOne(
      object({
        after: required(described(minutes(1, 1_440), "Time without acknowledgement since the level before.")),
        targets: required(listOfAtLeastOne(target)),
      }),
    ),
  ),
};

const routeShape = {
  match: required(described(oneOrMore(matcher), "All have to hold. The first route that matches counts.")),
  targets: required(described(listOfAtLeastOne(target), "Who hears of it; log is always among them.")),
  escalation: optional(described(oneOf(["pagerduty", "ours", "none"]), "pagerduty where PagerDuty is a target, else ours.")),
  pagesOutsideProduction: optional(described(oneOf(["yes", "no"]), "PagerDuty is told of production alone unless this is yes.")),
};

const muteShape = {
  name: required(name),
  timeZone: required(timeZone),
  match: optional(described(oneOrMore(matcher), "Alerts that are held back; all warnings when left out.")),
  days: optional(described(oneOrMore(oneOf(["mo", "tu", "we", "th", "fr", "sa", "su"])), "Each day when left out.")),
  from: optional(described(timeOfDay, "Begin on each of the days; 00:00 when left out.")),
  to: optional(described(timeOfDay, "End; at or before the begin it is on the next day. 24:00 when left out.")),
  firstDay: optional(described(day, "Not before this day.")),
  lastDay: optional(described(day, "Not after this day.")),
  critical: optional(described(oneOf(["mute", "tell"]), "Critical alerts are told all the same unless this says mute.")),
};

export type WrittenRule = Fields<typeof ruleShape>;
export type WrittenRoute = Fields<typeof routeShape>;
export type WrittenMute = Fields<typeof muteShape>;
export type WrittenEscalation = Fields<typeof escalationShape>;

const fileShape = {
  apiVersion: required(oneOf([API_VERSION])),
  rules: required(listOfAtLeastOne(object(ruleShape))),
  routes: required(described(listOfAtLeastOne(object(routeShape)), "From top to bottom; the first that matches counts.")),
  fallback: required(described(object({ targets: required(listOfAtLeastOne(target)) }), "Who hears of what no route matches.")),
  muteTimes: optional(listOfAtLeastOne(object(muteShape))),
  escalation: optional(object(escalationShape)),
};

export type WrittenFile = Fields<typeof fileShape>;
export type List<T> = Found<readonly Located<T>[]> | undefined;

/** A document of alert rules. */
export const fileField: Decoder<WrittenFile> = object(fileShape);

/** JSON Schema of the format, for editors: `# yaml-language-server: $schema=./alerts-schema.json` above a file. */
export const alertsJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Alert rules and routes (monotask.dev/alerts/v1)",
  ...fileField.schema,
};

import { anyText, described, listOfAtLeastOne, object, oneOf, optional, required, text } from "@monotask/spec-file";
import type { Decoder, Found, Located } from "@monotask/spec-file";
import type { JsonSchema } from "@monotask/spec-file";
import type { Value } from "@monotask/spec-file";

export const OPENSLO_VERSION = "openslo/v1" as const;
export const OPENSLO_KINDS = [
  "Service",
  "SLO",
  "SLI",
  "DataSource",
  "AlertPolicy",
  "AlertCondition",
  "AlertNotificationTarget",
] as const;
export type OpenSloKind = (typeof OPENSLO_KINDS)[number];

type Text = Found<string> | undefined;

export interface Metadata {
  readonly name: Text;
  readonly displayName: Text;
  readonly labels: Found<Value> | undefined;
  readonly annotations: Found<Value> | undefined;
}

/** An object of any kind: what stands inline in another one has no apiVersion. */
export interface Envelope<S> {
  readonly apiVersion?: Text;
  readonly kind?: Text;
  readonly metadata: Found<Metadata> | undefined;
  readonly spec: Found<S> | undefined;
}

export interface MetricSource {
  readonly metricSourceRef: Text;
  readonly type: Text;
  readonly spec: Found<Value> | undefined;
}

type Metric = Found<{ readonly metricSource: Found<MetricSource> | undefined }> | undefined;

export interface SliSpec {
  readonly description: Text;
  readonly thresholdMetric: Metric;
  readonly ratioMetric: Found<RatioMetric> | undefined;
}

export interface RatioMetric {
  readonly counter: Found<boolean> | undefined;
  readonly good: Metric;
  readonly bad: Metric;
  readonly total: Metric;
  readonly raw: Metric;
  readonly rawType: Text;
}

export interface ConditionSpec {
  readonly description: Text;
  readonly severity: Text;
  readonly condition:
    | Found<{
        readonly kind: Text;
        readonly op: Found<Operator> | undefined;
        readonly threshold: Text;
        readonly lookbackWindow: Text;
        readonly alertAfter: Text;
      }>
    | undefined;
}

/** An inline object, or a reference to one. */
export type InlineOrRef<S> = Envelope<S> & { readonly ref: Text };

export interface PolicySpec {
  readonly conditions: Found<readonly Located<InlineOrRef<ConditionSpec>>[]> | undefined;
  readonly notificationTargets: Found<readonly Located<InlineOrRef<unknown>>[]> | undefined;
}

export interface ObjectiveSpec {
  readonly op: Found<Operator> | undefined;
  readonly value: Text;
  readonly target: Text;
  readonly targetPercent: Text;
  readonly timeSliceTarget: Text;
  readonly timeSliceWindow: Text;
  readonly indicator: Found<Envelope<SliSpec>> | undefined;
  readonly indicatorRef: Text;
}

export interface TimeWindowSpec {
  readonly duration: Text;
  readonly isRolling: Found<boolean> | undefined;
  readonly calendar: Found<{ readonly startTime: Text; readonly timeZone: Text }> | undefined;
}

export interface SloSpec {
  readonly description: Text;
  readonly service: Text;
  readonly indicator: Found<Envelope<SliSpec>> | undefined;
  readonly indicatorRef: Text;
  readonly timeWindow: Found<readonly Located<TimeWindowSpec>[]> | undefined;
  readonly budgetingMethod: Found<"Occurrences" | "Timeslices" | "RatioTimeslices"> | undefined;
  readonly objectives: Found<readonly Located<ObjectiveSpec>[]> | undefined;
  readonly alertPolicies: Found<readonly Located<InlineOrRef<PolicySpec>>[]> | undefined;
}

export type Operator = "lt" | "lte" | "gt" | "gte";

const anyValue: Decoder<Value> = { schema: {}, read: (value) => value };

/** Decimals are kept as written: 0.999 stays 999/1000. */
const decimal: Decoder<string> = text(
  { pattern: "^\\d{1,6}(\\.\\d{1,9})?$" },
  (source) =>
    /^\d{1,6}(\.\d{1,9})?$/.test(source)
      ? { value: source }
      : { code: "bad-value", message: `"${source}" is not a decimal`, hint: "Write a number such as 0.999." },
  "read",
);

const boolean: Decoder<boolean> = {
  schema: { type: "boolean" },
  read: (value, report) => {
    if (value.kind === "boolean") return value.source.toLowerCase() === "true";
    report(value.place, { code: "wrong-type", message: "expected true or false", hint: "Write true or false, without quotes." });
    return undefined;
  },
};

const words = <T>(decoder: Decoder<T>): { readonly decoder: Decoder<T>; readonly isRequired: boolean } => optional(decoder);
const operator = oneOf<Operator>(["lt", "lte", "gt", "gte"]);
const metadata: Decoder<Metadata> = object({
  name: required(anyText),
  displayName: words(anyText),
  labels: words(anyValue),
  annotations: words(anyValue),
});
const metricSource: Decoder<MetricSource> = object({
  metricSourceRef: words(anyText),
  type: words(anyText),
  spec: required(described(anyValue, "For type monotask: kind, filter and good or latency, as in the native format.")),
});
const metric = object({ metricSource: required(metricSource) });
const sliSpec: Decoder<SliSpec> = object(
  {
    description: words(anyText),
    thresholdMetric: words(metric),
    ratioMetric: words(
      object(
        {
          counter: words(boolean),
          good: words(metric),
          bad: words(metric),
          total: words(metric),
          raw: words(metric),
          rawType: words(oneOf(["success", "failure"])),
        },
        { atLeastOneOf: ["total", "raw"] },
      ),
    ),
  },
  { atLeastOneOf: ["ratioMetric", "thresholdMetric"] },
);
const conditionSpec: Decoder<ConditionSpec> = object({
  description: words(anyText),
  severity: required(anyText),
  condition: required(
    object({
      kind: words(oneOf(["burnrate"])),
      op: required(operator),
      threshold: required(decimal),
      lookbackWindow: required(anyText),
      alertAfter: words(anyText),
    }),
  ),
});

function inlineOrRef<S>(kind: OpenSloKind, ref: string, spec: Decoder<S>): Decoder<InlineOrRef<S>> {
  const both = object(
    { kind: words(oneOf([kind])), metadata: words(metadata), spec: words(spec), [ref]: words(anyText) },
    { atLeastOneOf: [ref, "spec"] },
  );
  return {
    schema: both.schema,
    read: (value, report) => {
      const read = both.read(value, report);
      if (read === undefined) return undefined;
      // The boundary: the computed key of the shape has the type of its decoder.
      return { kind: read.kind, metadata: read.metadata, spec: read.spec, ref: read[ref] as Text };
    },
  };
}

const targetSpec = object({ target: required(anyText), description: words(anyText) });
const policySpec: Decoder<PolicySpec & { readonly description: Text }> = object({
  description: words(anyText),
  alertWhenNoData: words(boolean),
  alertWhenBreaching: words(boolean),
  alertWhenResolved: words(boolean),
  conditions: required(listOfAtLeastOne(inlineOrRef("AlertCondition", "conditionRef", conditionSpec))),
  notificationTargets: required(listOfAtLeastOne(inlineOrRef("AlertNotificationTarget", "targetRef", targetSpec))),
});
const inlineSli: Decoder<Envelope<SliSpec>> = object({
  kind: words(oneOf(["SLI"])),
  metadata: words(metadata),
  spec: required(sliSpec),
});
const objective: Decoder<ObjectiveSpec & { readonly displayName: Text }> = object(
  {
    displayName: words(anyText),
    op: words(operator),
    value: words(decimal),
    target: words(decimal),
    targetPercent: words(decimal),
    timeSliceTarget: words(decimal),
    timeSliceWindow: words(anyText),
    compositeWeight: words(decimal),
    indicator: words(inlineSli),
    indicatorRef: words(anyText),
  },
  { atLeastOneOf: ["target", "targetPercent"] },
);
const timeWindow: Decoder<TimeWindowSpec> = object({
  duration: required(anyText),
  isRolling: words(boolean),
  calendar: words(object({ startTime: required(anyText), timeZone: required(anyText) })),
});
const sloSpec: Decoder<SloSpec> = object({
  description: words(anyText),
  service: required(anyText),
  indicator: words(inlineSli),
  indicatorRef: words(anyText),
  timeWindow: required(listOfAtLeastOne(timeWindow)),
  budgetingMethod: required(oneOf(["Occurrences", "Timeslices", "RatioTimeslices"])),
  objectives: required(listOfAtLeastOne(objective)),
  alertPolicies: words(listOfAtLeastOne(inlineOrRef("AlertPolicy", "alertPolicyRef", policySpec))),
});

function document<S>(kind: OpenSloKind, spec: Decoder<S>): Decoder<Envelope<S>> {
  return object({
    apiVersion: required(oneOf([OPENSLO_VERSION])),
    kind: required(oneOf([kind])),
    metadata: required(metadata),
    spec: required(spec),
  });
}

/** A decoder for each kind of document. */
export const openSloDocuments: {
  readonly SLO: Decoder<Envelope<SloSpec>>;
  readonly SLI: Decoder<Envelope<SliSpec>>;
  readonly AlertPolicy: Decoder<Envelope<PolicySpec>>;
  readonly AlertCondition: Decoder<Envelope<ConditionSpec>>;
  readonly AlertNotificationTarget: Decoder<Envelope<unknown>>;
  readonly DataSource: Decoder<Envelope<{ readonly type: Text }>>;
  readonly Service: Decoder<Envelope<unknown>>;
} = {
  SLO: document("SLO", sloSpec),
  SLI: document("SLI", sliSpec),
  AlertPolicy: document("AlertPolicy", policySpec),
  AlertCondition: document("AlertCondition", conditionSpec),
  AlertNotificationTarget: document("AlertNotificationTarget", targetSpec),
  DataSource: document(
    "DataSource",
    object({ description: words(anyText), type: required(anyText), connectionDetails: required(anyValue) }),
  ),
  Service: document("Service", object({ description: words(anyText) })),
};

/** JSON Schema of OpenSLO v1 documents; the project itself publishes none. */
export const openSloJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "OpenSLO v1",
  anyOf: OPENSLO_KINDS.map((kind) => openSloDocuments[kind].schema),
};

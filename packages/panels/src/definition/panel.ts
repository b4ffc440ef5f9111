import { KINDS } from "@monotask/telemetry";
import * as v from "valibot";
import { conditionSchema } from "./condition.ts";
import { fieldSchema } from "./field.ts";

const NAME = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,62}$/, "write lower-case letters, digits and dashes, beginning with a letter"),
);
/** Becomes part of no SQL: columns get names of their own. */
const MEASURE_NAME = v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9]{0,31}$/, "write letters and digits, at most 32"));
const TEXT = v.pipe(v.string(), v.regex(/\S/, "write something"));
const WHERE = v.optional(conditionSchema);

/** Where the parts of a histogram end, in ms: 1-2-5 steps, 16 bins with the open one. */
export const DURATION_EDGES_MS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000,
];

const measureSchema = v.variant("measure", [
  v.strictObject({ measure: v.literal("count"), where: WHERE }),
  v.strictObject({ measure: v.picklist(["sum", "mean", "max"]), field: fieldSchema, where: WHERE }),
  v.strictObject({
    measure: v.literal("quantile"),
    field: fieldSchema,
    q: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
    where: WHERE,
  }),
  v.strictObject({
    measure: v.literal("histogram"),
    field: fieldSchema,
    edges: v.optional(v.pipe(v.array(v.number()), v.minLength(1), v.maxLength(40)), [...DURATION_EDGES_MS]),
    where: WHERE,
  }),
]);

const querySchema = v.strictObject({
  kind: v.pipe(v.picklist(KINDS), v.description("kind of data point")),
  groupBy: v.optional(v.pipe(v.array(fieldSchema), v.maxLength(2)), []),
  where: WHERE,
  measures: v.record(MEASURE_NAME, measureSchema),
});

const LABEL = v.optional(v.pipe(TEXT, v.description("shown beside the group; leave out where there is one value")));
const valueSchema = v.variant("op", [
  v.pipe(
    v.strictObject({ op: v.literal("value"), of: MEASURE_NAME, label: LABEL }),
    v.description("the measure as it is: mean, max, quantile"),
  ),
  v.pipe(v.strictObject({ op: v.literal("total"), of: MEASURE_NAME, label: LABEL }), v.description("the count or sum")),
  v.pipe(
    v.strictObject({ op: v.literal("rate"), of: MEASURE_NAME, per: v.picklist(["second", "minute"]), label: LABEL }),
    v.description("the count or sum by the length of time it stands for"),
  ),
  v.pipe(
    v.strictObject({
      op: v.literal("share"),
      of: MEASURE_NAME,
      by: v.pipe(v.array(MEASURE_NAME), v.minLength(1), v.maxLength(4)),
      isComplement: v.optional(v.boolean(), false),
      label: LABEL,
    }),
    v.description("of ÷ the sum of `by`, or one minus that"),
  ),
  v.pipe(
    v.strictObject({ op: v.literal("concurrency"), of: MEASURE_NAME, label: LABEL }),
    v.description("Little's law: arrival rate × mean duration, which is Σ duration ÷ time; `of` is a sum of milliseconds"),
  ),
]);

const thresholdSchema = v.strictObject({
  at: v.number(),
  state: v.picklist(["warning", "critical"]),
  side: v.optional(v.picklist(["above", "below"]), "above"),
  label: v.optional(TEXT),
});

export const UNITS = ["ms", "percent", "per-second", "per-minute", "count", "bytes"] as const;
export const PANEL_KINDS = ["stat", "gauge", "timeseries", "histogram", "table", "bar", "slo"] as const;

const common = {
  id: NAME,
  title: TEXT,
  unit: v.picklist(UNITS),
  measuredAs: v.pipe(TEXT, v.description("how the figure comes about, in a sentence people read under the title")),
  width: v.optional(v.picklist([3, 4, 6, 8, 12]), 6),
  runbook: v.optional(v.pipe(NAME, v.description("name of a file in runbooks/, without .md"))),
  slo: v.optional(v.pipe(NAME, v.description("name of an SLO in config/slos.yaml"))),
  isOnOverview: v.optional(v.boolean(), false),
};

export const panelSchema = v.variant("kind", [
  v.strictObject({ ...common, kind: v.literal("slo"), slo: NAME }),
  v.strictObject({
    ...common,
    kind: v.picklist(["stat", "gauge", "timeseries", "histogram", "table", "bar"]),
    query: querySchema,
    values: v.pipe(v.array(valueSchema), v.minLength(1), v.maxLength(4)),
    empty: v.optional(
      v.pipe(TEXT, v.description("what to do when nothing was ever sent, where that differs from the section's")),
    ),
    reduce: v.optional(
      v.pipe(
        v.picklist(["range", "last"]),
        v.description("the figure stands for the whole range, or for its newest closed step"),
      ),
      "range",
    ),
    rangeHours: v.optional(
      v.pipe(v.picklist([1, 24, 168, 720]), v.description("a rolling window of its own, whatever range is chosen")),
    ),
    thresholds: v.optional(v.pipe(v.array(thresholdSchema), v.maxLength(4)), []),
  }),
]);

export const sectionSchema = v.strictObject({
  id: NAME,
  title: TEXT,
  empty: v.pipe(TEXT, v.description("what to do when nothing was ever sent")),
  panels: v.pipe(v.array(panelSchema), v.minLength(1), v.maxLength(16)),
});

export const dashboardSchema = v.strictObject({
  $schema: v.optional(v.string()),
  version: v.literal(1),
  title: TEXT,
  sections: v.pipe(v.array(sectionSchema), v.minLength(1), v.maxLength(20)),
});

export type Dashboard = v.InferOutput<typeof dashboardSchema>;
export type DashboardInput = v.InferInput<typeof dashboardSchema>;
export type Section = Dashboard["sections"][number];
export type Panel = Section["panels"][number];
export type PanelKind = Panel["kind"];
/** A panel that reads data points; the others show an SLO. */
export type QueryPanel = Exclude<Panel, { kind: "slo" }>;
export type PanelMeasure = v.InferOutput<typeof measureSchema>;
export type PanelValue = v.InferOutput<typeof valueSchema>;
export type Threshold = v.InferOutput<typeof thresholdSchema>;
export type PanelUnit = (typeof UNITS)[number];

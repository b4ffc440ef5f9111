import { stringify } from "yaml";
import { formatMinutes } from "@monotask/spec-file";
import { toNumber } from "../../model/ratio.ts";
import type { BurnRule, GoodCondition, Indicator, Slo } from "../../model/slo.ts";
import { PREFIX } from "./annotations.ts";
import { OPENSLO_VERSION } from "./shape.ts";

/**
 * SLOs as OpenSLO v1 documents. A window pair becomes two policies of one condition each, tied by an annotation, because v1 allows one
 * condition a policy; what OpenSLO has no word for travels in annotations. Reading the text back gives the same objectives and rules.
 * Exclusions and own symptoms are not among them.
 */
export function exportOpenSlo(slos: readonly Slo[]): string {
  const documents = slos.flatMap((slo) => [...slo.rules.flatMap((rule) => policiesOf(slo, rule)), sloDocument(slo)]);
  return [TARGET, ...documents].map((document) => stringify(document, { version: "1.2" })).join("---\n");
}

const TARGET = {
  apiVersion: OPENSLO_VERSION,
  kind: "AlertNotificationTarget",
  metadata: { name: "alert-manager" },
  spec: { target: "alert-manager" },
};

function sloDocument(slo: Slo): object {
  const { window, method } = slo;
  return {
    apiVersion: OPENSLO_VERSION,
    kind: "SLO",
    metadata: { name: slo.name, annotations: annotationsFor(slo) },
    spec: {
      ...(slo.description === "" ? {} : { description: slo.description }),
      service: slo.service,
      indicator: { metadata: { name: slo.name }, spec: sliSpec(slo.indicator) },
      timeWindow: [
        window.kind === "rolling"
          ? { duration: formatMinutes(window.minutes), isRolling: true }
          : {
              duration: ({ week: "1w", month: "1M", quarter: "1Q" } as const)[window.unit],
              // A Monday that begins a quarter: right for each unit.
              calendar: { startTime: "2024-01-01 00:00:00", timeZone: window.timeZone },
            },
      ],
      budgetingMethod: method.kind === "timeslices" ? "Timeslices" : "Occurrences",
      objectives: [
        {
          targetPercent: percentOf(slo.target.num, slo.target.den),
          ...(method.kind === "timeslices"
            ? { timeSliceTarget: toNumber(method.target), timeSliceWindow: `${method.sliceMinutes}m` }
            : {}),
        },
      ],
      ...(slo.rules.length === 0
        ? {}
        : {
            alertPolicies: slo.rules.flatMap((rule) => [
              { alertPolicyRef: policyName(slo, rule, "long") },
              { alertPolicyRef: policyName(slo, rule, "short") },
            ]),
          }),
    },
  };
}

function annotationsFor(slo: Slo): Record<string, string> {
  return {
    [`${PREFIX}false-pages-per-year`]: slo.falsePagesPerYear === undefined ? "off" : String(slo.falsePagesPerYear),
    [`${PREFIX}no-data-after`]: formatMinutes(slo.noData.afterMinutes),
    ...(slo.runbook === undefined ? {} : { [`${PREFIX}runbook`]: slo.runbook }),
    ...(slo.owner === undefined ? {} : { [`${PREFIX}owner`]: slo.owner }),
  };
}

function policiesOf(slo: Slo, rule: BurnRule): object[] {
  return (["long", "short"] as const).map((which) => ({
    apiVersion: OPENSLO_VERSION,
    kind: "AlertPolicy",
    metadata: { name: policyName(slo, rule, which), annotations: { [`${PREFIX}condition-group`]: `${slo.name}-${rule.id}` } },
    spec: {
      alertWhenBreaching: true,
      alertWhenResolved: true,
      conditions: [
        {
          kind: "AlertCondition",
          metadata: { name: policyName(slo, rule, which) },
          spec: {
            severity: rule.urgency,
            condition: {
              kind: "burnrate",
              op: "gt",
              threshold: toNumber(rule.factor),
              lookbackWindow: formatMinutes(which === "long" ? rule.longMinutes : rule.shortMinutes),
            },
          },
        },
      ],
      notificationTargets: [{ targetRef: "alert-manager" }],
    },
  }));
}

function policyName(slo: Slo, rule: BurnRule, which: "long" | "short"): string {
  return `${slo.name}-${rule.id}-${which}`;
}

function sliSpec({ kind, filter, good }: Indicator): object {
  const subject = { queue: "queue", sandbox: "pool", external: "host", probe: "probe", custom: "metric" };
  const named = Object.entries(filter).map(([field, values]) => {
    const key = field === "subject" ? (Object.entries(subject).find(([of]) => of === kind)?.[1] ?? field) : field;
    return [key, values];
  });
  const rows = { kind, filter: Object.fromEntries(named) as unknown };
  const condition =
    good.kind === "latency" ? { latency: { threshold: `${good.thresholdMs}ms` } } : { good: good.kind, ...badOf(good) };
  const source = (spec: object): object => ({ metricSource: { type: "monotask", spec } });
  return { ratioMetric: { counter: true, good: source({ ...rows, ...condition }), total: source(rows) } };
}

/** What replaces 5xx as bad. */
function badOf(good: GoodCondition): object {
  if (good.kind !== "availability") return {};
  const status = good.badStatuses.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`));
  const isUsual = status.join() === "500-599" && good.badOutcomes.length === 0;
  return isUsual ? {} : { bad: { status, ...(good.badOutcomes.length > 0 && { outcome: good.badOutcomes }) } };
}

/** 999/1000 → 99.9, with the digits it was written with. */
function percentOf(num: number, den: number): number {
  return Number(((num * 100) / den).toFixed(9));
}

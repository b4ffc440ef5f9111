import type { Query } from "@monotask/telemetry";
import type { CommandStep, QueryStep, Runbook, Step } from "../model.ts";

export interface RunScope {
  /** Epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only points of this worker. */
  readonly worker?: string;
}

/** Rows of one step at most: beyond that a table says nothing, and the first ones are the largest. */
const MOST_ROWS = 500;

/** The query of a step. Its rows come unordered by derived columns; `readStep` orders them. */
export function queryOf(step: QueryStep, { fromMs, toMs, worker }: RunScope): Query {
  const [first] = step.select;
  return {
    kinds: [step.kind],
    fromMs,
    toMs,
    where: [...step.where, ...(worker === undefined ? [] : [{ op: "=" as const, field: "workerName" as const, value: worker }])],
    groupBy: Object.fromEntries(step.by.map((field) => [field, { by: "field" as const, field }])),
    select: Object.fromEntries(step.select.map(({ name, measure }) => [name, measure])),
    ...(first === undefined ? {} : { orderBy: [{ column: first.name, direction: "desc" as const }] }),
    limit: MOST_ROWS,
  };
}

/** What a run does: one step by number, else everything that only reads. Changes are never part of a whole run. */
export function planRun(runbook: Runbook, stepNumber?: number): readonly Step[] {
  if (stepNumber !== undefined) return runbook.steps.filter((step) => step.number === stepNumber);
  return runbook.steps.filter((step) => step.type === "query" || !step.changes);
}

/** The first query under the heading that diagnoses: what an alert's message carries. */
export function firstDiagnosis(runbook: Runbook): QueryStep | undefined {
  return runbook.steps.find((step): step is QueryStep => step.type === "query" && step.path[0] === "First five minutes");
}

/** The command lines with every `{name}` filled in; undefined names what lacks. */
export function filledLines(
  step: CommandStep,
  values: Readonly<Record<string, string>>,
): { readonly lines: readonly string[]; readonly missing: readonly string[] } {
  const missing = step.placeholders.filter((name) => (values[name] ?? "") === "");
  return {
    missing,
    lines: step.lines.map((line) => line.replace(/\{([a-z]\w*)\}/g, (whole, name: string) => values[name] ?? whole)),
  };
}

/** The words of a command line. Values are words already, so no shell reads them. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, "$1") ?? single ?? bare ?? "",
  );
}

import { visibleText, type Row } from "@monotask/telemetry";
import type { QueryStep, Test } from "../model.ts";
import { shownNumber } from "./number.ts";

/** What a step's answer means. */
export interface Reading {
  readonly columns: readonly { readonly name: string; readonly unit?: QueryStep["select"][number]["unit"] }[];
  /** All rows, derived columns too, in the step's order. */
  readonly rows: readonly Row[];
  readonly sentence: string;
  /** True where the sentence names a cause. */
  readonly isCause: boolean;
}

/**
 * Reads the rows of a step into a plain sentence.
 * @param since how far back was asked, as a person says it: `1h`
 */
export function readStep(step: QueryStep, answered: readonly Row[], since: string): Reading {
  const units = new Map([...step.select, ...step.derive].map(({ name, unit }) => [name, unit]));
  const columns = [...step.by, ...units.keys()].map((name) => {
    const unit = units.get(name);
    return unit === undefined ? { name } : { name, unit };
  });
  const rows = answered
    .map((row) => ({ ...row, ...derived(step, row) }))
    .toSorted((a, b) => sortable(b[step.orderBy]) - sortable(a[step.orderBy]));
  const isEmpty = rows.length === 0 || (step.by.length === 0 && step.select.every(({ name }) => !Number(rows[0]?.[name])));
  if (isEmpty)
    return {
      columns,
      rows: [],
      sentence: `No ${step.kind} points in the last ${since}: nothing to read, which is not the same as healthy.`,
      isCause: false,
    };
  const figures = figuresOf(step, rows);
  const rule = step.readings.find(({ when }) => when.every((test) => holds(test, figures)));
  const shown = (name: string): string => {
    if (name === "since") return since;
    const value = figures[name];
    const unit = name === "share" ? "ratio" : units.get(name.replace(/^others\./, ""));
    if (typeof value === "number") return shownNumber(value, unit);
    // Whatever a worker has thrown or was asked for may stand in a row.
    return value === undefined || value === "" ? "unknown" : visibleText(value);
  };
  return {
    columns,
    rows,
    sentence: (rule?.says ?? "").replace(/\{([^}]+)\}/g, (_, name: string) => shown(name)),
    isCause: rule?.isCause ?? false,
  };
}

/** The first row's columns, its share of the ordering measure, and what the other rows come to together. */
function figuresOf(step: QueryStep, rows: readonly Row[]): Readonly<Record<string, string | number>> {
  const [first = {}, ...others] = rows;
  const shareOf = step.select.some(({ name }) => name === step.orderBy) ? step.orderBy : (step.select[0]?.name ?? "");
  const total = rows.reduce((sum, row) => sum + sortable(row[shareOf]), 0);
  const rest: Record<string, number> = {};
  for (const { name } of step.select) rest[name] = others.reduce((sum, row) => sum + sortable(row[name]), 0);
  for (const { name, over, under } of step.derive)
    rest[name] = (rest[under] ?? 0) === 0 ? 0 : (rest[over] ?? 0) / (rest[under] ?? 1);
  return {
    ...first,
    share: total === 0 ? 0 : sortable(first[shareOf]) / total,
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [`others.${name}`, value])),
  };
}

function derived(step: QueryStep, row: Row): Record<string, number> {
  return Object.fromEntries(
    step.derive.map(({ name, over, under }) => [
      name,
      sortable(row[under]) === 0 ? 0 : sortable(row[over]) / sortable(row[under]),
    ]),
  );
}

function holds(test: Test, figures: Readonly<Record<string, string | number>>): boolean {
  const figure = figures[test.figure];
  if (test.op === "~") return test.pattern.test(String(figure ?? ""));
  const value = Number(figure);
  switch (test.op) {
    case ">=":
      return value >= test.value;
    case ">":
      return value > test.value;
    case "<":
      return value < test.value;
    case "<=":
      return value <= test.value;
  }
}

/** Not a number where nothing was measured: last. */
function sortable(value: string | number | undefined): number {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

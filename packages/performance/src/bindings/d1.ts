import { propertyOf } from "@monotask/telemetry";
import type { Frame } from "../scope/frame.ts";
import type { Usage } from "../scope/usage.ts";
import { shadow, watch, type CallWatcher } from "./watch.ts";

/** The methods of a statement, and what their results tell; `first` and `raw` give bare rows, which may be thousands. */
const QUERIES: Readonly<Record<string, ResultReader | undefined>> = {
  first: undefined,
  run: countRows,
  all: countRows,
  raw: undefined,
};

/** Counts what a query's result reports. */
type ResultReader = (usage: Usage, result: unknown) => void;

/** Prototypes whose statements are measured: a database's statements share one. */
const measured = new WeakSet<object>();

/** Measures the queries of a D1 database: count, time, failures, and the rows that their results report. */
export function instrumentD1(database: object): void {
  shadow(
    database,
    "prepare",
    (original) =>
      function (this: unknown, ...args) {
        const statement = Reflect.apply(original, this, args);
        instrumentStatement(statement);
        return statement;
      },
  );
  watch(database, "batch", (frame, [statements]) =>
    measure(frame, Array.isArray(statements) ? statements.length : 1, countBatch),
  );
  watch(database, "exec", (frame) => measure(frame, 1, countScript));
  shadow(
    database,
    "withSession",
    (original) =>
      function (this: unknown, ...args) {
        const session = Reflect.apply(original, this, args);
        if (typeof session === "object" && session !== null) instrumentD1(session);
        return session;
      },
  );
}

/** On the statement's class where it has one of its own, so that a statement costs nothing; else on the statement itself. */
function instrumentStatement(statement: unknown): void {
  if (typeof statement !== "object" || statement === null) return;
  const prototype: unknown = Object.getPrototypeOf(statement);
  const hasClass = typeof prototype === "object" && prototype !== null && Object.hasOwn(prototype, "all");
  const target = hasClass ? prototype : statement;
  if (measured.has(target)) return;
  measured.add(target);
  for (const [name, read] of Object.entries(QUERIES)) watch(target, name, (frame) => measure(frame, 1, read));
  if (hasClass) return;
  shadow(
    target,
    "bind",
    (original) =>
      function (this: unknown, ...args) {
        const bound = Reflect.apply(original, this, args);
        instrumentStatement(bound);
        return bound;
      },
  );
}

function measure({ scope, mutes }: Frame, queries: number, read?: ResultReader): CallWatcher {
  const { usage } = scope;
  const meter = mutes === "database" ? undefined : usage.database;
  const startedMs = meter?.begin(queries) ?? 0;
  return {
    returned(result) {
      meter?.end(startedMs, false);
      read?.(usage, result);
    },
    threw() {
      meter?.end(startedMs, true);
    },
  };
}

function countBatch(usage: Usage, results: unknown): void {
  if (Array.isArray(results)) for (const result of results as readonly unknown[]) countRows(usage, result);
}

/** A script's result says how many statements it held; one of them was counted when it began. */
function countScript(usage: Usage, result: unknown): void {
  usage.database.count += Math.max(0, countOf(result, "count") - 1);
}

function countRows(usage: Usage, result: unknown): void {
  const meta = propertyOf(result, "meta");
  usage.dbRowsRead += countOf(meta, "rows_read");
  usage.dbRowsWritten += countOf(meta, "rows_written");
}

function countOf(meta: unknown, name: string): number {
  const count = propertyOf(meta, name);
  return typeof count === "number" ? count : 0;
}

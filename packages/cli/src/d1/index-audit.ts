import { DatabaseSync } from "node:sqlite";
import { UserError } from "../io.ts";
import { isJsonObject } from "../json.ts";

/** A recorded query and what would make it read less. */
export interface AuditedQuery {
  readonly sql: string;
  /** SQLite's plan, a line a step. */
  readonly plan: readonly string[];
  /** Tables that are read whole. */
  readonly scans: readonly string[];
  /** An index that SQLite uses for it when it is there: tried, not guessed. */
  readonly index: string | undefined;
  readonly problem: string | undefined;
}

/**
 * Asks SQLite how it runs each query on a database of that schema, and tries indexes where it reads a table whole.
 * @param schema the statements that make the tables and indexes
 * @throws UserError where SQLite does not take the schema
 */
export function auditQueries(schema: readonly string[], queries: readonly string[]): AuditedQuery[] {
  const database = new DatabaseSync(":memory:");
  try {
    for (const statement of schema) make(database, statement);
    return queries.map((sql) => audited(database, sql));
  } finally {
    database.close();
  }
}

function make(database: DatabaseSync, statement: string): void {
  try {
    database.exec(statement);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown error";
    throw new UserError(`the schema cannot be made (${why}): ${statement.trim().slice(0, 80)}`);
  }
}

function audited(database: DatabaseSync, sql: string): AuditedQuery {
  try {
    const plan = planOf(database, sql);
    const scans = plan.flatMap((line) => /^SCAN (\w+)(?! USING COVERING INDEX)/.exec(line)?.[1] ?? []);
    return { sql, plan, scans, index: scans.length === 0 ? undefined : firstUseful(database, sql, scans), problem: undefined };
  } catch (error) {
    return { sql, plan: [], scans: [], index: undefined, problem: error instanceof Error ? error.message : "unknown error" };
  }
}

function firstUseful(database: DatabaseSync, sql: string, scans: readonly string[]): string | undefined {
  for (const scanned of scans) {
    const name = tableOf(sql, scanned);
    for (const columns of candidates(database, sql, name)) {
      const index = `${name}_by_${columns.join("_")}`;
      const statement = `CREATE INDEX "${index}" ON "${name}" (${columns.map((column) => `"${column}"`).join(", ")})`;
      database.exec(statement);
      const isUsed = planOf(database, sql).some((line) => line.startsWith("SEARCH") && line.includes(index));
      database.exec(`DROP INDEX "${index}"`);
      if (isUsed) return statement;
    }
  }
  return undefined;
}

/** The plan names a table by its alias where it has one. */
function tableOf(sql: string, scanned: string): string {
  const [, name] = new RegExp(String.raw`\b(?:FROM|JOIN)\s+["\x60]?(\w+)["\x60]?\s+(?:AS\s+)?${scanned}\b`, "i").exec(sql) ?? [];
  return name === undefined || /^(?:where|on|order|group|limit|left|inner)$/i.test(scanned) ? scanned : name;
}

/** Columns that the query compares for equality, then those in a range or in its order: all together first. */
function candidates(database: DatabaseSync, sql: string, table: string): string[][] {
  const columns = database
    .prepare(`SELECT name FROM pragma_table_info(?)`)
    .all(table)
    .map(({ name }) => String(name));
  const matching = (pattern: (column: string) => string): string[] =>
    columns.filter((column) => new RegExp(pattern(column), "i").test(sql));
  const equal = matching((column) => String.raw`\b${column}["\x60]?\s*(?:=|==|IS\b|IN\b)`);
  const ranged = matching((column) => String.raw`\b${column}["\x60]?\s*(?:<|>|BETWEEN\b|LIKE\b)`).filter(
    (column) => !equal.includes(column),
  );
  const ordered = matching((column) => String.raw`ORDER\s+BY\b[^()]*\b${column}\b`).filter((column) => !equal.includes(column));
  const lists = [
    [...equal, ...ordered.slice(0, 1)],
    [...equal, ...ranged.slice(0, 1)],
    equal,
    ...[...equal, ...ranged].map((column) => [column]),
  ];
  return lists.filter((list) => list.length > 0);
}

function planOf(database: DatabaseSync, sql: string): string[] {
  return database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail));
}

/**
 * The statements of a recording: one a line, or JSON lines with the statement under `sql`, `query` or `statement`.
 * @throws UserError with the line that is neither
 */
export function recordedQueries(text: string): string[] {
  const found = text.split("\n").flatMap((line, at) => {
    const trimmed = line.trim().replace(/;$/, "");
    if (trimmed === "" || trimmed.startsWith("--")) return [];
    if (!trimmed.startsWith("{")) return [trimmed];
    const sql = statementIn(trimmed);
    if (sql === undefined) throw new UserError(`line ${at + 1} begins with { and is no JSON object with a statement under "sql"`);
    return [sql.trim().replace(/;$/, "")];
  });
  return [...new Set(found)];
}

function statementIn(line: string): string | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return ["sql", "query", "statement"]
      .map((key) => (isJsonObject(record) ? record[key] : undefined))
      .find((sql) => typeof sql === "string");
  } catch {
    return undefined;
  }
}

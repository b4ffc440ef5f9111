import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/**
 * Fails where another connection has the database open, though it only waits: its writes would go to a file that is moved away.
 * @throws the engine's "database is locked"
 */
export function requireUnused(file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK");
  } catch (error) {
    // A damaged file is in nobody's hands; whoever reads it will say so.
    if (error instanceof Error && /locked|busy/i.test(error.message)) throw error;
  } finally {
    database.close();
  }
}

/** A database as statements: everything that is needed to make it again, and nothing of its file. */
export function dumpDatabase(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const objects = database.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").all();
    const own = objects.filter(({ name }) => !String(name).startsWith("sqlite_"));
    const tables = own.filter(({ type }) => type === "table");
    const hasCounters = objects.some(({ name }) => name === "sqlite_sequence");
    // Inserting rows counted on: the counters are set last, and to what they were.
    const counters = hasCounters ? ["DELETE FROM sqlite_sequence", ...inserts(database, "sqlite_sequence")] : [];
    const rows = [...tables.flatMap(({ name }) => inserts(database, String(name))), ...counters];
    return [
      ...tables.map(({ sql }) => String(sql)),
      ...rows,
      ...own.filter(({ type }) => type !== "table").map(({ sql }) => String(sql)),
    ];
  } finally {
    database.close();
  }
}

export function restoreDatabase(file: string, statements: readonly string[]): void {
  const database = new DatabaseSync(file);
  try {
    database.exec("BEGIN");
    for (const statement of statements) database.exec(statement);
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}

export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 of the rows' values, in an order of their own. */
  readonly digest: string;
}

/** What each table says, whatever its file looks like. */
export function digestDatabase(file: string): TableDigest[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .all();
    return tables.map(({ name }) => {
      const rows = valuesOf(database, String(name)).toSorted();
      return { table: String(name), rows: rows.length, digest: createHash("sha256").update(rows.join("\n")).digest("hex") };
    });
  } finally {
    database.close();
  }
}

function inserts(database: DatabaseSync, table: string): string[] {
  const columns = columnsOf(database, table).map(quoted).join(", ");
  return valuesOf(database, table).map((values) => `INSERT INTO ${quoted(table)} (${columns}) VALUES (${values})`);
}

/** Each row as SQL literals: texts, blobs and numbers exactly. */
function valuesOf(database: DatabaseSync, table: string): string[] {
  const columns = columnsOf(database, table);
  const literals = columns.map((column) => `quote(${quoted(column)})`).join(" || ', ' || ");
  return database
    .prepare(`SELECT ${literals} AS "values" FROM ${quoted(table)}`)
    .all()
    .map((row) => String(row["values"]));
}

function columnsOf(database: DatabaseSync, table: string): string[] {
  return database
    .prepare("SELECT name FROM pragma_table_info(?)")
    .all(table)
    .map(({ name }) => String(name));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

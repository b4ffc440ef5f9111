import type { Command } from "commander";
import { cloudflareApi } from "../cloudflare/api.ts";
import type { CloudflareApi } from "../cloudflare/api.ts";
import { d1Database } from "../cloudflare/resource.ts";
import type { CommandContext } from "../command-context.ts";
import { auditQueries, recordedQueries } from "../d1/index-audit.ts";
import type { AuditedQuery } from "../d1/index-audit.ts";
import { EXIT, UserError, UsageError } from "../io.ts";
import type { Io } from "../io.ts";
import { objectsAt, textAt } from "../json.ts";

interface AuditOptions {
  readonly queries: string;
  readonly database?: string;
  readonly schema?: string;
  readonly json?: boolean;
}

/** `monotask d1 …` */
export function registerD1(program: Command, { io, done }: CommandContext): void {
  program
    .command("d1")
    .description("databases")
    .command("audit")
    .description("how SQLite runs recorded queries, and the indexes that are missing")
    .requiredOption("--queries <file>", "recorded queries: one a line, or JSON lines with the statement under sql")
    .option("--database <name>", "take the schema from this D1 database of the account")
    .option("--schema <file>", "take the schema from an SQL file")
    .option("--json", "plans as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  monotask d1 audit --queries slow.sql --schema migrations/0001_tables.sql\n  monotask d1 audit --queries slow.ndjson --database shop\n\nExit codes: 0 no table is read whole, 1 an index is missing or a query cannot be planned, 2 wrong usage",
    )
    .action(async (options: AuditOptions) => done(await audit(io, options)));
}

async function audit(io: Io, options: AuditOptions): Promise<number> {
  if (options.schema === undefined && options.database === undefined)
    throw new UsageError("name the schema: --schema migrations/0001.sql, or --database NAME to read it from the account");
  const queries = queriesIn(options.queries, await read(io, options.queries));
  const results = auditQueries(await schemaOf(io, options), queries);
  if (options.json === true) io.out(JSON.stringify(results, undefined, 2));
  else io.out(`${results.map(shown).join("\n\n")}\n\n${summary(results)}`);
  return results.some(({ scans, problem }) => scans.length > 0 || problem !== undefined) ? EXIT.failed : EXIT.ok;
}

function queriesIn(file: string, text: string): string[] {
  try {
    const queries = recordedQueries(text);
    if (queries.length > 0) return queries;
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
  throw new UserError(`${file} holds no query: write one a line, or JSON lines with the statement under "sql"`);
}

async function schemaOf(io: Io, { database, schema }: AuditOptions): Promise<string[]> {
  if (schema !== undefined) return [await read(io, schema)];
  const api: CloudflareApi = cloudflareApi(io);
  const resource = d1Database(database ?? "");
  const id = resource.idIn(await api.call(resource.find));
  if (id === undefined) throw new UserError(`there is no D1 database "${database}" in this account; see: npx wrangler d1 list`);
  const sql =
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' ORDER BY type DESC";
  const answer = await api.call({ method: "POST", path: `/d1/database/${id}/query`, body: { sql } });
  return objectsAt({ answer: answer ?? [] }, "answer").flatMap((part) =>
    objectsAt(part, "results").flatMap((row) => textAt(row, "sql") ?? []),
  );
}

async function read(io: Io, file: string): Promise<string> {
  const text = await io.readFile(file).catch(() => undefined);
  if (text === undefined) throw new UserError(`${file} cannot be read`);
  return text;
}

function shown({ sql, plan, scans, index, problem }: AuditedQuery): string {
  if (problem !== undefined) return `${sql}\n  cannot be planned: ${problem}`;
  const lines = [sql, ...plan.map((line) => `  ${line}`)];
  if (scans.length > 0)
    lines.push(
      index === undefined
        ? `  → reads ${scans.join(", ")} whole, and no single index helps: narrow the query`
        : `  → missing index: ${index};`,
    );
  return lines.join("\n");
}

function summary(results: readonly AuditedQuery[]): string {
  const missing = [...new Set(results.flatMap(({ index }) => index ?? []))];
  const unplanned = results.filter(({ problem }) => problem !== undefined).length;
  const queries = `${results.length} quer${results.length === 1 ? "y" : "ies"}${unplanned === 0 ? "" : ` (${unplanned} cannot be planned)`}`;
  if (missing.length === 0) return `${queries}, no index is missing.`;
  return `${queries}, ${missing.length} missing index${missing.length === 1 ? "" : "es"}. Add to a migration:\n${missing.map((index) => `  ${index};`).join("\n")}`;
}

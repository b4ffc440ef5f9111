import { compileSql, QueryError } from "./compile-sql.ts";
import { propertyOf } from "../settings/property.ts";
import type { Query, Row } from "./query.ts";

/** How a query ended. `no-data`: nothing was written that the query could read, which is neither an error nor zero. */
export type QueryResult =
  | { readonly kind: "rows"; readonly rows: readonly Row[] }
  | { readonly kind: "no-data" }
  | { readonly kind: "failed"; readonly code: QueryFailure; readonly message: string; readonly isRetryable: boolean };

export type QueryFailure = "unauthorised" | "invalid" | "rate-limited" | "unavailable" | "not-json" | "timeout";

/** Where typed queries are answered. */
export interface QueryPort {
  run(query: Query): Promise<QueryResult>;
}

/** The query port that also takes statements as text: for people and tools, never for a worker's own figures. */
export interface SqlApi extends QueryPort {
  runSql(sql: string): Promise<QueryResult>;
}

export interface SqlApiOptions {
  /** The whole URL of the SQL endpoint: …/accounts/<account>/analytics_engine/sql. */
  readonly url: string;
  /** API token with Account Analytics Read. */
  readonly token: string;
  /** The data set, which is the table's name. */
  readonly dataset: string;
  /** Who asks. @default the global `fetch` */
  readonly fetch?: typeof fetch;
  /** One attempt's limit. @default 10,000 */
  readonly timeoutMs?: number;
  /** Attempts in all. @default 3 */
  readonly attempts?: number;
  /** Waits between attempts; tests pass their own. @default `setTimeout` */
  readonly sleep?: (ms: number) => Promise<void>;
}

const MAX_RETRY_AFTER_MS = 10_000;

/** A table that nothing was ever written to, or a column that no row in the range has. */
const NO_DATA = /unknown table|unable to find type of column: (?:blob|double)\d/i;

/**
 * The query port on Cloudflare's SQL API (or the local one, which has the same shapes). 429 and 5xx are tried again, obeying
 * Retry-After; every other failure is returned, never thrown.
 */
export function createSqlApi(options: SqlApiOptions): SqlApi {
  const sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  const runSql = async (sql: string): Promise<QueryResult> => {
    for (let attempt = 1; ; attempt += 1) {
      const { result, retryAfterMs } = await attemptOnce(options, sql);
      if (result.kind !== "failed" || !result.isRetryable || attempt >= (options.attempts ?? 3)) return result;
      await sleep(retryAfterMs ?? 250 * 2 ** (attempt - 1));
    }
  };
  return {
    runSql,
    async run(query) {
      let sql: string;
      try {
        sql = compileSql(query, options.dataset);
      } catch (error) {
        return failed("invalid", error instanceof QueryError ? error.message : `not a query: ${nameOf(error)}`, false);
      }
      return runSql(sql);
    },
  };
}

interface Attempt {
  readonly result: QueryResult;
  readonly retryAfterMs?: number;
}

async function attemptOnce(options: SqlApiOptions, sql: string): Promise<Attempt> {
  const abort = new AbortController();
  const timeoutMs = options.timeoutMs ?? 10_000;
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await (options.fetch ?? fetch)(options.url, {
      method: "POST",
      headers: { authorization: `Bearer ${options.token}` },
      body: sql,
      signal: abort.signal,
    });
    const text = await response.text();
    return response.ok ? { result: readAnswer(text, options.token) } : failureOf(response, text, options.token);
  } catch (error) {
    const message = abort.signal.aborted
      ? `Analytics Engine gave no answer within ${timeoutMs} ms`
      : `Analytics Engine cannot be reached: ${withoutToken(nameOf(error), options.token)}`;
    return { result: failed(abort.signal.aborted ? "timeout" : "unavailable", message, true) };
  } finally {
    clearTimeout(timer);
  }
}

function failureOf(response: Response, text: string, token: string): Attempt {
  const said = withoutToken(text, token).slice(0, 300).replace(/\s+/g, " ").trim();
  switch (response.status) {
    case 401:
    case 403:
      return {
        result: failed(
          "unauthorised",
          `Analytics Engine refused the token (${response.status}): give the evaluator a token with Account Analytics Read for this account`,
          false,
        ),
      };
    case 422:
    case 404:
      if (NO_DATA.test(text)) return { result: { kind: "no-data" } };
      return { result: failed("invalid", `Analytics Engine refused the query (${response.status}): ${said}`, false) };
    default: {
      const isRetryable = response.status === 429 || response.status >= 500;
      const code = response.status === 429 ? "rate-limited" : isRetryable ? "unavailable" : "invalid";
      const result = failed(code, `Analytics Engine answered ${response.status}: ${said}`, isRetryable);
      const retryAfterMs = retryAfterOf(response.headers.get("retry-after"));
      return retryAfterMs === undefined ? { result } : { result, retryAfterMs };
    }
  }
}

/** Milliseconds of a Retry-After header, in seconds or as an HTTP date (RFC 9110, 10.2.3); undefined where it is neither. */
function retryAfterOf(header: string | null): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** Rows of an answer, numbers made numbers by the column types it names: 64-bit integers arrive as strings. */
export function readAnswer(text: string, token = ""): QueryResult {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return failed(
      "not-json",
      `Analytics Engine answered 200 with something that is not JSON: ${withoutToken(text, token).slice(0, 80).replace(/\s+/g, " ")}`,
      true,
    );
  }
  const [meta, data] = [propertyOf(answer, "meta"), propertyOf(answer, "data")];
  if (!Array.isArray(meta) || !Array.isArray(data))
    return failed("not-json", "Analytics Engine's answer has no meta and data", false);
  const columns = meta.map((column: unknown): Column => {
    const isNumber = /^(Nullable\()?(U?Int|Float|Decimal)/.test(String(propertyOf(column, "type")));
    return { name: String(propertyOf(column, "name")), ...(isNumber ? NUMBERS : TEXTS) };
  });
  return { kind: "rows", rows: data.map((row: unknown) => typedRow(row, columns)) };
}

interface Column {
  readonly name: string;
  readonly type: "number" | "string";
  readonly valueOf: (value: unknown) => number | string;
}

const NUMBERS = { type: "number", valueOf: numberOf } as const;
const TEXTS = { type: "string", valueOf: textOf } as const;

/** The row itself, which was made for this answer alone: new objects for thousands of rows cost more than parsing them. */
function typedRow(row: unknown, columns: readonly Column[]): Row {
  // The boundary: what is not of its column's type is replaced here, cell by cell.
  const cells = (typeof row === "object" && row !== null ? row : {}) as Record<string, unknown>;
  for (const { name, type, valueOf } of columns) {
    const value = cells[name];
    if (typeof value !== type) cells[name] = valueOf(value);
  }
  return cells as Row;
}

/** Not a number where the engine has none, such as the mean of nothing: 0 would be a guess. */
function numberOf(value: unknown): number {
  return typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value);
}

function failed(code: QueryFailure, message: string, isRetryable: boolean): QueryResult {
  return { kind: "failed", code, message, isRetryable };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const code = propertyOf(error.cause, "code");
  return `${error.message.slice(0, 200)}${typeof code === "string" ? ` (${code})` : ""}`;
}

/** An invalid header is quoted in fetch's message, and a proxy may echo what it was sent. */
function withoutToken(text: string, token: string): string {
  return token === "" ? text : text.replaceAll(token, "[token]");
}

import { createSqlApi } from "@monotask/telemetry";
import type { QueryResult, Row, SqlApi } from "@monotask/telemetry";
import { UserError } from "./io.ts";
import type { Io } from "./io.ts";
import { LOCAL_CREDENTIALS } from "./local/credentials.ts";

/** Where the local stack answers SQL, the same on every machine. */
const LOCAL_SQL_URL = "http://127.0.0.1:8790/client/v4/accounts/local/analytics_engine/sql";

/** Options of every command that reads data points. */
export interface AnalyticsOptions {
  /** Ask the local stack instead of Cloudflare. */
  readonly local?: boolean;
  readonly dataset?: string;
}

/**
 * The SQL API that the environment names: ANALYTICS_SQL_URL, or CLOUDFLARE_ACCOUNT_ID; with ANALYTICS_API_TOKEN or CLOUDFLARE_API_TOKEN.
 * @throws UserError that names what is missing
 */
export function analyticsOf(io: Io, options: AnalyticsOptions): SqlApi {
  const dataset = options.dataset ?? io.env["ANALYTICS_DATASET"] ?? "monotask";
  if (options.local === true) {
    const url = io.env["ANALYTICS_SQL_URL"] ?? LOCAL_SQL_URL;
    return localApi(createSqlApi({ url, token: LOCAL_CREDENTIALS.analyticsToken, dataset, ...outside(io) }), url);
  }
  const account = io.env["CLOUDFLARE_ACCOUNT_ID"];
  const url = io.env["ANALYTICS_SQL_URL"] ?? (account === undefined || account === "" ? undefined : sqlUrlOf(account));
  if (url === undefined) {
    throw new UserError(
      "CLOUDFLARE_ACCOUNT_ID is not set: give it the account's id (npx wrangler whoami), or ask the local stack with --local",
    );
  }
  const token = io.env["ANALYTICS_API_TOKEN"] ?? io.env["CLOUDFLARE_API_TOKEN"];
  if (token === undefined || token === "") {
    throw new UserError(
      "ANALYTICS_API_TOKEN is not set: give it a Cloudflare API token with Account Analytics Read, or ask the local stack with --local",
    );
  }
  return createSqlApi({ url, token, dataset, ...outside(io) });
}

/** Says where the local stack was looked for, and how to have one, where nobody answers. */
function localApi(api: SqlApi, url: string): SqlApi {
  const withFix = (result: QueryResult): QueryResult =>
    result.kind === "failed" && result.code === "unavailable" && URL.canParse(url)
      ? {
          ...result,
          message: `${result.message}. Nothing listens at ${new URL(url).origin}: start monotask dev, or set ANALYTICS_SQL_URL to the address that it printed`,
        }
      : result;
  return {
    run: async (query) => withFix(await api.run(query)),
    runSql: async (sql) => withFix(await api.runSql(sql)),
  };
}

/** Rows of an answer; none where nothing was ever written. @throws UserError with the engine's own words */
export function rowsOrThrow(result: QueryResult): readonly Row[] {
  if (result.kind === "failed") throw new UserError(result.message.replace("give the evaluator a token", "use a token"));
  return result.kind === "rows" ? result.rows : [];
}

export function sqlUrlOf(accountId: string): string {
  return `https://api.cloudflare.com/client/v4/accounts/${accountId}/analytics_engine/sql`;
}

function outside(io: Io): { fetch: typeof fetch; sleep: (ms: number) => Promise<void> } {
  return { fetch: io.fetch, sleep: async (ms) => void (await io.sleep(ms)) };
}

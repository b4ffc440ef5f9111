import { createSqlApi } from "@monotask/telemetry";
import type { QueryPort } from "@monotask/telemetry";
import { readEvaluatorSettings } from "./settings.ts";

/** The SQL API, or a port that says which setting is missing. */
export function queryPort(env: object): QueryPort {
  const { sqlUrl, analyticsToken, dataset } = readEvaluatorSettings(env);
  if (sqlUrl !== undefined && analyticsToken !== undefined) return createSqlApi({ url: sqlUrl, token: analyticsToken, dataset });
  const message =
    sqlUrl === undefined
      ? "ANALYTICS_SQL_URL has no account id: put it in the evaluator's wrangler.jsonc"
      : "ANALYTICS_API_TOKEN is not set: run `wrangler secret put ANALYTICS_API_TOKEN` with a token that has Account Analytics Read";
  return { run: () => Promise.resolve({ kind: "failed", code: "unauthorised", message, isRetryable: false }) };
}

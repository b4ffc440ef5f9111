import { propertyOf } from "@monotask/telemetry";

/** What the evaluator needs beside the settings of every worker. Each absent part has a message that names it and the fix. */
export interface EvaluatorSettings {
  readonly sqlUrl: string | undefined;
  readonly analyticsToken: string | undefined;
  /** The account whose figures GraphQL is asked for: `CLOUDFLARE_ACCOUNT_ID`, else the one in Cloudflare's SQL URL. */
  readonly accountId: string | undefined;
  readonly dataset: string;
  readonly apiToken: string | undefined;
}

export function readEvaluatorSettings(env: object): EvaluatorSettings {
  const sqlUrl = textOf(env, "ANALYTICS_SQL_URL");
  return {
    sqlUrl: sqlUrl?.includes("<account-id>") ? undefined : sqlUrl,
    analyticsToken: textOf(env, "ANALYTICS_API_TOKEN"),
    accountId: textOf(env, "CLOUDFLARE_ACCOUNT_ID") ?? /\/accounts\/([0-9a-f]{32})\//i.exec(sqlUrl ?? "")?.[1],
    dataset: textOf(env, "ANALYTICS_DATASET") ?? "monotask",
    apiToken: textOf(env, "MONOTASK_API_TOKEN"),
  };
}

function textOf(env: object, name: string): string | undefined {
  const value = propertyOf(env, name);
  // A secret that was piped in may end with a line break.
  return typeof value === "string" ? value.trim() || undefined : undefined;
}

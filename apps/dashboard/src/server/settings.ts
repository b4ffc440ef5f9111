import { propertyOf } from "@monotask/telemetry";

/** How people come in. */
export type LockSettings =
  { readonly kind: "worker-access" } | { readonly kind: "access-token"; readonly teamDomain: string; readonly audience: string };

/** What the dashboard reads from its environment. Each absent part has a message that names it and the fix. */
export interface DashboardSettings {
  readonly lock: LockSettings;
  readonly operators: readonly string[];
  /** True on the local stack alone: whoever reaches the loopback address is an operator. */
  readonly isOpenOnLoopback: boolean;
  readonly sqlUrl: string | undefined;
  readonly analyticsToken: string | undefined;
  readonly dataset: string;
  readonly apiToken: string | undefined;
}

export function readDashboardSettings(env: object): DashboardSettings {
  const sqlUrl = textOf(env, "ANALYTICS_SQL_URL");
  const teamDomain = textOf(env, "ACCESS_TEAM_DOMAIN")
    ?.replace(/^https?:\/\//, "")
    .replace(/\/+$/, "");
  const audience = textOf(env, "ACCESS_AUD");
  return {
    lock:
      teamDomain !== undefined && audience !== undefined
        ? { kind: "access-token", teamDomain, audience }
        : { kind: "worker-access" },
    operators: (textOf(env, "OPERATORS") ?? "")
      .split(",")
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== ""),
    isOpenOnLoopback: textOf(env, "OPEN_ON_LOOPBACK") === "true",
    sqlUrl: sqlUrl?.includes("<account-id>") === true ? undefined : sqlUrl,
    analyticsToken: textOf(env, "ANALYTICS_API_TOKEN"),
    dataset: textOf(env, "ANALYTICS_DATASET") ?? "monotask",
    apiToken: textOf(env, "MONOTASK_API_TOKEN"),
  };
}

function textOf(env: object, name: string): string | undefined {
  const value = propertyOf(env, name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

import { parseDashboard } from "@monotask/panels";
import { createSqlApi, readSettings } from "@monotask/telemetry";
import type { QueryPort } from "@monotask/telemetry";
import definition from "../../../../config/cloudflare-dashboard.json";
import { teamKeys } from "./access/access-token.ts";
import { withSecurityHeaders } from "./access/headers.ts";
import { refusal } from "./access/locked-page.ts";
import { admit } from "./access/visitor.ts";
import { createApp } from "./app.ts";
import { createAuditLog } from "./audit.ts";
import { createEvaluator } from "./evaluator.ts";
import { createRowCache } from "./queries/row-cache.ts";
import type { RowCache } from "./queries/row-cache.ts";
import { createStepCache } from "./queries/step-cache.ts";
import type { StepCache } from "./queries/step-cache.ts";
import { readDashboardSettings } from "./settings.ts";
import type { DashboardSettings } from "./settings.ts";

const { dashboard, issues } = parseDashboard(JSON.stringify(definition));
if (dashboard === undefined) throw new Error(`config/cloudflare-dashboard.json: ${issues[0]?.message ?? "cannot be read"}`);
const shipped = dashboard;

/** Lives as long as the isolate: what one viewer read serves the others. */
let shared: Shared | undefined;

interface Shared {
  readonly cache: StepCache;
  readonly rows: RowCache;
}

export default {
  async fetch(request, env, ctx) {
    const settings = readDashboardSettings(env);
    const admission = await admit(request, { settings, access: ctx.access, keysOf: teamKeys });
    if (admission.kind !== "admitted") return withSecurityHeaders(refusal(admission));
    const { clock, environment } = readSettings(env);
    shared ??= sharedParts(settings);
    const app = createApp(
      {
        dashboard: shipped,
        dataset: settings.dataset,
        environment,
        clock,
        ...shared,
        keepAlive: (work) => ctx.waitUntil(work.then(ignore, ignore)),
        evaluator: createEvaluator(env.EVALUATOR, settings.apiToken),
        audit: createAuditLog(env.AUDIT_DB),
        visitor: admission.visitor,
      },
      env.ASSETS,
    );
    return withSecurityHeaders(await app.fetch(request, env, ctx));
  },
} satisfies ExportedHandler<Env>;

function sharedParts(settings: DashboardSettings): Shared {
  const query = queryPort(settings);
  return { cache: createStepCache(query), rows: createRowCache(query) };
}

function ignore(): void {
  // The answer, or why there is none, went to who asked.
}

/** The SQL API, or a port that says which setting is missing. */
function queryPort({ sqlUrl, analyticsToken, dataset }: DashboardSettings): QueryPort {
  if (sqlUrl !== undefined && analyticsToken !== undefined) return createSqlApi({ url: sqlUrl, token: analyticsToken, dataset });
  const message =
    sqlUrl === undefined
      ? "ANALYTICS_SQL_URL has no account id: put it in the dashboard's wrangler.jsonc"
      : "ANALYTICS_API_TOKEN is not set: run `wrangler secret put ANALYTICS_API_TOKEN` with a token that has Account Analytics Read";
  return { run: () => Promise.resolve({ kind: "failed", code: "unauthorised", message, isRetryable: false }) };
}

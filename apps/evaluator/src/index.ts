import { alertManagerOf } from "@monotask/alerts";
import { formatIssues, parseSlos } from "@monotask/slo";
import type { Slo } from "@monotask/slo";
import { createLogger, createSqlApi, readSettings } from "@monotask/telemetry";
import type { Logger, QueryPort } from "@monotask/telemetry";
import slosYaml from "../../../config/slos.yaml";
import { createApi } from "./api.ts";
import { readEvaluatorSettings } from "./settings.ts";
import { createSloStore } from "./store.ts";
import { runTick } from "./tick.ts";

export { AlertManager } from "@monotask/alerts/durable-object";

const SLO_FILE = { file: "config/slos.yaml", text: slosYaml };
const WORKER_NAME = "monotask-evaluator";

export default {
  fetch(request, env, ctx) {
    const api = createApi({
      store: createSloStore(env.DB),
      alerts: alertManagerOf(env),
      apiToken: readEvaluatorSettings(env).apiToken,
    });
    return api.fetch(request, env, ctx);
  },
  async scheduled(controller, env) {
    const settings = readSettings(env);
    const logger = createLogger({ workerName: WORKER_NAME, level: settings.logLevel, clock: settings.clock });
    for (const { setting, message } of settings.warnings) logger.warn(message, { setting });
    const alerts = alertManagerOf(env);
    if (!alerts) {
      logger.error("no ALERT_MANAGER is bound to the evaluator; add it to durable_objects in wrangler.jsonc");
      return;
    }
    const { environment, team } = settings;
    const slos = shippedSlos(logger);
    await runTick(
      { slos, query: queryPort(env), store: createSloStore(env.DB), alerts, defaults: { environment, team }, logger },
      controller.scheduledTime,
    );
  },
} satisfies ExportedHandler<Env>;

/** The SLOs of the file; a faulty file is named with its lines, and its sound SLOs are measured all the same. */
function shippedSlos(logger: Logger): readonly Slo[] {
  const { slos, issues } = parseSlos([SLO_FILE]);
  const errors = issues.filter((issue) => issue.severity === "error");
  if (errors.length > 0) logger.error(formatIssues(errors, [SLO_FILE]));
  return slos;
}

/** The SQL API, or a port that says which setting is missing. */
function queryPort(env: Env): QueryPort {
  const { sqlUrl, analyticsToken, dataset } = readEvaluatorSettings(env);
  if (sqlUrl !== undefined && analyticsToken !== undefined) return createSqlApi({ url: sqlUrl, token: analyticsToken, dataset });
  const message =
    sqlUrl === undefined
      ? "ANALYTICS_SQL_URL has no account id: put it in the evaluator's wrangler.jsonc"
      : "ANALYTICS_API_TOKEN is not set: run `wrangler secret put ANALYTICS_API_TOKEN` with a token that has Account Analytics Read";
  return { run: () => Promise.resolve({ kind: "failed", code: "unauthorised", message, isRetryable: false }) };
}

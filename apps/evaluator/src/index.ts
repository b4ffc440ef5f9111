import { alertManagerOf } from "@monotask/alerts";
import { createLogger, readSettings } from "@monotask/telemetry";
import { createApi } from "./api/api.ts";
import { queryPort } from "./query-port.ts";
import { readEvaluatorSettings } from "./settings.ts";
import { createSloStore } from "./slo/store.ts";
import { runSteps } from "./ticks/step.ts";
import { CLOSING_STEPS, TICK_STEPS } from "./ticks/steps.ts";

// Durable Objects that this worker hosts, one line each; wrangler.jsonc binds and migrates them.
export { AlertManager } from "@monotask/alerts/durable-object";

const WORKER_NAME = "monotask-evaluator";

export default {
  fetch(request, env, ctx) {
    const { apiToken } = readEvaluatorSettings(env);
    return createApi({ env, store: createSloStore(env.DB), alerts: alertManagerOf(env), apiToken }).fetch(request, env, ctx);
  },
  async scheduled(controller, env) {
    const { environment, team, logLevel: level, clock, warnings } = readSettings(env);
    const logger = createLogger({ workerName: WORKER_NAME, level, clock });
    for (const { setting, message } of warnings) logger.warn(message, { setting });
    const alerts = alertManagerOf(env);
    if (!alerts) {
      logger.error("no ALERT_MANAGER is bound to the evaluator; add it to durable_objects in wrangler.jsonc");
      return;
    }
    const context = {
      env,
      scheduledMs: controller.scheduledTime,
      query: queryPort(env),
      alerts,
      defaults: { environment, team },
      logger,
    };
    await runSteps(context, TICK_STEPS, CLOSING_STEPS);
  },
} satisfies ExportedHandler<Env>;

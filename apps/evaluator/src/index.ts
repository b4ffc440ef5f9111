import { alertManagerOf, withDirectFallback } from "@monotask/alerts";
import type { AlertManagerApi } from "@monotask/alerts";
import { routingOf } from "@monotask/alerts/rules";
import { createTailHandler } from "@monotask/performance";
import { createLogger, readChannels, readSettings } from "@monotask/telemetry";
import { createApi } from "./api/api.ts";
import { consumeDeadLetters } from "./queues/consume.ts";
import { queryPort } from "./query-port.ts";
import { lastKnownRules } from "./rules/rules-file.ts";
import { readEvaluatorSettings } from "./settings.ts";
import { createSloStore } from "./slo/store.ts";
import { runSteps } from "./ticks/step.ts";
import type { TickAlerts } from "./ticks/step.ts";
import { CLOSING_STEPS, TICK_STEPS } from "./ticks/steps.ts";

// Durable Objects that this worker hosts, one line each; wrangler.jsonc binds and migrates them.
export { AlertManager } from "./rules/alert-manager.ts";
export { SandboxRegistry } from "@monotask/sandbox/durable-object";
// What other workers may call over a service binding.
export { DeadLetters } from "./queues/dead-letters-entrypoint.ts";

const WORKER_NAME = "monotask-evaluator";

const tailed = createTailHandler({ workerName: WORKER_NAME });

export default {
  fetch(request, env, ctx) {
    const { apiToken } = readEvaluatorSettings(env);
    return createApi({ env, store: createSloStore(env.DB), alerts: alertManagerOf(env), apiToken }).fetch(request, env, ctx);
  },
  queue: consumeDeadLetters,
  // Workers name this one in their tail_consumers (Workers Paid).
  tail: tailed,
  async scheduled(controller, env) {
    const { environment, team, logLevel: level, clock, warnings } = readSettings(env);
    const logger = createLogger({ workerName: WORKER_NAME, level, clock });
    for (const { setting, message } of [...warnings, ...readChannels(env).warnings]) logger.warn(message, { setting });
    const manager = alertManagerOf(env);
    if (!manager) {
      logger.error("no ALERT_MANAGER is bound to the evaluator; add it to durable_objects in wrangler.jsonc");
      return;
    }
    const context = {
      env,
      scheduledMs: controller.scheduledTime,
      query: queryPort(env),
      alerts: reachableAlerts(env, manager),
      defaults: { environment, team },
      logger,
    };
    await runSteps(context, TICK_STEPS, CLOSING_STEPS);
  },
} satisfies ExportedHandler<Env>;

/** AlertManager whose failures are loud: criticals that it cannot take go out directly. */
function reachableAlerts(env: Env, manager: AlertManagerApi): TickAlerts {
  // A fresh stub for each call: one that has thrown stays broken.
  const fresh = (): AlertManagerApi => alertManagerOf(env) ?? manager;
  return {
    ...withDirectFallback(fresh, env, { routing: () => routingOf(lastKnownRules()) }),
    wake: () => fresh().wake(),
    page: (query) => fresh().page(query),
    backlog: () => fresh().backlog(),
  };
}

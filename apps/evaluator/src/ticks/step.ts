import type { AlertManagerApi } from "@monotask/alerts";
import type { Logger, QueryPort } from "@monotask/telemetry";
import type { Defaults } from "../slo/signals.ts";

/** What a tick says to AlertManager. */
export type TickAlerts = Pick<AlertManagerApi, "raise" | "wake" | "page" | "backlog">;

/** What the steps of a tick work with. Time comes in as the scheduled moment; steps read no clock to decide. */
export interface TickContext {
  readonly env: Env;
  /** The moment the cron was due, epoch milliseconds; late and repeated runs carry the same. */
  readonly scheduledMs: number;
  readonly query: QueryPort;
  readonly alerts: TickAlerts;
  readonly defaults: Defaults;
  readonly logger: Logger;
}

/** One thing that happens each minute. It may fail: the others run all the same. */
export interface TickStep<Context = TickContext> {
  readonly name: string;
  run(context: Context): Promise<void>;
}

/** Runs after the steps and hears which of them failed, such as a heartbeat that must not say "well" after a failure. */
export interface ClosingStep<Context = TickContext> {
  readonly name: string;
  run(context: Context, failed: readonly string[]): Promise<void>;
}

/**
 * Runs the steps side by side, so that none waits for another's I/O, then the closing steps. A failure is logged with the name of its step
 * and ends nothing else.
 * @returns names of the steps that failed.
 */
export async function runSteps<Context extends Pick<TickContext, "logger">>(
  context: Context,
  steps: readonly TickStep<Context>[],
  closing: readonly ClosingStep<Context>[],
): Promise<readonly string[]> {
  const failures = await Promise.all(steps.map((step) => failureOf(context.logger, step.name, () => step.run(context))));
  const failed = failures.flatMap((name) => name ?? []);
  const late = await Promise.all(closing.map((step) => failureOf(context.logger, step.name, () => step.run(context, failed))));
  return [...failed, ...late.flatMap((name) => name ?? [])];
}

async function failureOf(logger: Logger, name: string, run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    logger.error(`the tick's step "${name}" failed`, { step: name, why: String(error) });
    return name;
  }
}

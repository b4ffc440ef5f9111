import { keepAliveOf, propertyOf } from "@monotask/telemetry";
import { worldOf } from "../world/world.ts";
import { invocationFields } from "./invocation.ts";

export interface TailHandlerOptions {
  /** Name of the tail worker itself: its own invocations are left out. */
  readonly workerName: string;
  /** Uniform in [0, 1), for sampling. */
  readonly random?: () => number;
}

/**
 * A `tail` handler that writes an `invocation` point for each invocation it is told of: CPU and wall time, outcome, exceptions, log lines.
 * It sees what no code inside a worker can: kills for CPU time or memory, and cancellations. Sampled like requests, failures always
 * kept. Never throws.
 */
export function createTailHandler(options: TailHandlerOptions): (items: readonly unknown[], env: object, ctx?: unknown) => void {
  return (items, env, ctx) => {
    try {
      const world = worldOf(env, options.workerName, options.random ? { random: options.random } : {});
      const writer = world.openWriter(keepAliveOf(ctx));
      for (const item of items) {
        if (propertyOf(item, "scriptName") === options.workerName) continue;
        const { fields, hasFailed } = invocationFields(item);
        const durationMs = fields.durationMs ?? 0;
        const decision = world.sampler.decide({ statusCode: 0, durationMs, hasThrown: hasFailed });
        if (decision) writer.write("invocation", { ...fields, sampleWeight: decision.weight });
      }
    } catch {
      // A tail worker that fails would only be told of by another one.
    }
  };
}

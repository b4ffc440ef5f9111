import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../edges.ts";
import { Problem } from "../problem.ts";
import type { FaultState } from "./state.ts";
import { wait } from "./wait.ts";

/** Stands before the API's handlers: slow ones, ones that throw, ones that never finish. */
export function faultGuard(state: FaultState): MiddlewareHandler<AppEnv> {
  return async (_c, next) => {
    const { latencyMs, errorRate, gatewayTimeouts } = state.now();
    await wait(latencyMs);
    if (state.hits(gatewayTimeouts)) {
      await wait(GATEWAY_TIMEOUT_MS);
      throw new Problem({
        status: 504,
        code: "gateway_timeout",
        message: `The request was not finished within ${GATEWAY_TIMEOUT_MS} ms.`,
      });
    }
    if (state.hits(errorRate)) throw new Error("Injected fault: the handler failed");
    await next();
  };
}

const GATEWAY_TIMEOUT_MS = 1_000;

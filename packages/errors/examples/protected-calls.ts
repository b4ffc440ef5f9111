import { watchCircuit } from "@monotask/errors";
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  retry,
  SamplingBreaker,
  timeout,
  TimeoutStrategy,
  wrap,
  type CircuitBreakerPolicy,
  type IRetryBackoffContext,
} from "cockatiel";

/** The other service is in trouble, or is asked too much. Its 4xx answers are ours to read and are returned. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly response: Response;
  readonly status: number;

  constructor(service: string, response: Response) {
    super(`${service} answered ${response.status}`);
    this.response = response;
    this.status = response.status;
  }
}

/** What a call to another service is given. Only idempotent calls may be repeated. */
export type Call = (signal: AbortSignal) => Promise<Response>;

const ATTEMPT_MS = 5_000;
/** The answer's body may be read after the call: by default the timeout would abort it then. */
const inTime = timeout(ATTEMPT_MS, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
/** A probe that has not come back after this long was lost with its request. */
const PROBE_MS = 2 * ATTEMPT_MS;

/**
 * Calls one service: at most 3 attempts of 5 s, none while it is down. Make it once, at module scope: a breaker knows what its isolate
 * has seen.
 */
export function protectedCalls(service: string, env: object, workerName: string): (call: Call) => Promise<Response> {
  let breaker = newBreaker();
  let probingSince = 0;

  function newBreaker(): CircuitBreakerPolicy {
    const made = circuitBreaker(handleWhen(isTrouble), {
      // Opens when more than half of at least 5 attempts within 10 s have failed.
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 }),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: 5_000, maxDelay: 60_000 }),
    });
    made.onHalfOpen(() => {
      probingSince = Date.now();
    });
    watchCircuit(made, env, workerName, service);
    return made;
  }

  return async (call) => {
    if (breaker.state === CircuitState.HalfOpen) {
      // Waiting for another request's probe would tie this request to that one's fate.
      if (Date.now() - probingSince < PROBE_MS) throw new BrokenCircuitError(`${service} is being tried out by another request`);
      breaker = newBreaker();
    }
    const attempts = retry(handleWhen(isTrouble), { maxAttempts: 2, backoff: new DelegateBackoff(waitMs) });
    return wrap(attempts, breaker, inTime).execute(async ({ signal }) => {
      const response = await call(signal);
      if (response.status !== 429 && response.status < 500) return response;
      // An unread body would hold one of the six connections.
      await response.body?.cancel();
      throw new UpstreamError(service, response);
    });
  };
}

/** An open circuit is no trouble of the service: it is not repeated, and does not count against it again. */
function isTrouble(error: unknown): boolean {
  return !(error instanceof BrokenCircuitError);
}

/** What the service asks for, at most 5 s; else 200 ms, doubled, with jitter. */
function waitMs({ attempt, result }: IRetryBackoffContext<unknown>): number {
  const error = "error" in result ? result.error : undefined;
  const seconds = error instanceof UpstreamError ? Number(error.response.headers.get("retry-after") ?? Number.NaN) : Number.NaN;
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, 5_000) : 200 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

/** From how many milliseconds on a request is slow: for all, or by route pattern with `*` for the rest. */
export type SlowAfterMs = number | Readonly<Record<string, number>>;

/**
 * The specification's latency objectives: agent executions P95 < 30 s, task operations P95 < 500 ms. A worker that knows its own
 * objectives passes them.
 */
const DEFAULT_MS = 500;
const DEFAULT_EXECUTION_MS = 30_000;

export interface SlowRules {
  /** No request below this is slow, whatever its route. */
  readonly leastMs: number;
  /** The threshold of a route; undefined where it has none. */
  thresholdMs(endpoint: string): number | undefined;
}

const DEFAULTS: SlowRules = {
  leastMs: DEFAULT_MS,
  thresholdMs: (endpoint) => (endpoint.endsWith("/execute") ? DEFAULT_EXECUTION_MS : DEFAULT_MS),
};

export function slowRulesOf(slowAfterMs: SlowAfterMs | undefined): SlowRules {
  if (slowAfterMs === undefined) return DEFAULTS;
  if (typeof slowAfterMs === "number") return { leastMs: slowAfterMs, thresholdMs: () => slowAfterMs };
  const thresholds = new Map(Object.entries(slowAfterMs));
  const rest = thresholds.get("*");
  return {
    leastMs: Math.min(...thresholds.values()),
    thresholdMs: (endpoint) => thresholds.get(endpoint) ?? rest,
  };
}

import type { Context, MiddlewareHandler } from "hono";
import { createD1Store, type StoreSources } from "./d1-store.ts";
import { nowOf, type MonitoringVariables, type PerformanceTracker } from "./monitoring.ts";
import { AGENT_PROGRAM } from "./sandbox/agent-program.ts";
import { AGENT_LIMITS, type AgentSettings } from "./sandbox/agents.ts";
import type { Store } from "./store.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: MonitoringVariables;
}

/** Everything the application reaches through its rim. Tests and the local stack hand in others. */
export interface Edges {
  readonly openStore: (env: Env, tracker: PerformanceTracker) => Store;
  readonly fetch: typeof fetch;
  /** What agents are started with. */
  readonly agents: AgentSettings;
  /** Run before every API handler, after the monitoring. Production has none. */
  readonly guards: readonly MiddlewareHandler<AppEnv>[];
}

export const productionEdges: Edges = {
  openStore: (env, tracker) => createD1Store(sourcesOf(env, tracker)),
  fetch: (input, init) => fetch(input, init),
  guards: [],
  agents: { program: () => AGENT_PROGRAM, limits: AGENT_LIMITS },
};

/** What the store works with: the database, the Worker's clock, and the tracker that counts its queries. */
export function sourcesOf(env: Env, tracker: PerformanceTracker): StoreSources {
  return { db: env.DB, now: () => nowOf(env), query: (run) => tracker.wrapDbQuery(run) };
}

/** The store for one request: its queries count towards the request's database time. */
export function storeOf(c: Context<AppEnv>, edges: Edges): Store {
  return edges.openStore(c.env, c.get("tracker"));
}

/** `fetch` whose calls count towards the tracker's time with other services. */
export function measuredFetch(edges: Edges, tracker: PerformanceTracker): typeof fetch {
  return (input: RequestInfo | URL, init?: RequestInit) => tracker.wrapExternalApi(() => edges.fetch(input, init));
}

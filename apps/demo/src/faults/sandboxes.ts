import { AGENT_PROGRAM } from "../sandbox/agent-program.ts";
import { AGENT_LIMITS, AGENT_POOL, agentDriver, type AgentSettings } from "../sandbox/agents.ts";
import { sandboxes, type PoolLimits, type SandboxLease } from "../monitoring.ts";
import type { FaultState } from "./state.ts";

/**
 * An agent that starts and then waits for an hour. A loop that burns CPU would block every worker of a laptop, and a promise that nothing
 * can ever settle is recognised by the runtime and ended at once.
 */
const STUCK_PROGRAM = `
export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/ready") await scheduler.wait(3_600_000);
    return new Response("ready");
  },
};
`;

/** Shorter limits than production's, so that what is stuck shows while somebody watches. */
const LOCAL_LIMITS: Partial<PoolLimits> = {
  ...AGENT_LIMITS,
  execTimeoutMs: 3_000,
  heartbeatTimeoutMs: 3_000,
  destroyTimeoutMs: 2_000,
  // Places that are held unused have to stay held.
  idleTimeoutMs: 600_000,
};

/** Agents of the local stack. */
export function faultyAgents(state: FaultState): AgentSettings {
  return { program: () => (state.now().sandboxStuck ? STUCK_PROGRAM : AGENT_PROGRAM), limits: LOCAL_LIMITS };
}

/** Agents that run without a place in the registry. */
export async function startOrphans(env: Env, count: number): Promise<void> {
  const host = env.AGENT_HOST.getByName(AGENT_POOL);
  for (let n = 1; n <= count; n += 1) await host.start(`orphan-${crypto.randomUUID()}`, AGENT_PROGRAM);
}

/** Runs so many agents at once that never end: each is a timeout. Ends when all of them were destroyed. */
export async function timeOutAgents(env: Env, count: number): Promise<void> {
  const monitor = sandboxes(
    env,
    AGENT_POOL,
    agentDriver(env, () => STUCK_PROGRAM),
    LOCAL_LIMITS,
  );
  await Promise.all(
    Array.from({ length: count }, () => monitor.run({ owner: "timeout fault" }, (agent, signal) => agent.tell("{}", signal))),
  );
}

let held: readonly SandboxLease<unknown>[] = [];

/** Takes so many places of the pool and keeps them, unused; 0 gives them back. */
export async function holdPlaces(env: Env, count: number): Promise<void> {
  const given = held;
  held = [];
  await Promise.all(given.map((lease) => lease.destroy()));
  const monitor = sandboxes(
    env,
    AGENT_POOL,
    agentDriver(env, () => AGENT_PROGRAM),
    LOCAL_LIMITS,
  );
  const acquired = await Promise.all(
    Array.from({ length: count }, () => monitor.acquire({ owner: "capacity fault", waitMs: 0 })),
  );
  held = acquired.flatMap((each) => (each.kind === "acquired" ? [each.lease] : []));
}

import * as v from "valibot";
import type { Completion } from "../claude.ts";
import { sandboxes, type ExecOutcome, type PoolLimits, type SandboxDriver, type Unavailable } from "../monitoring.ts";
import { Problem } from "../problem.ts";

/** Name of the pool of agents. */
export const AGENT_POOL = "agents";

/** What an agent made of Claude's answer. */
export interface AgentWork {
  readonly steps: number;
  readonly checksum: string;
}

/** What agents are started with. The local stack swaps both to break them. */
export interface AgentSettings {
  /** Code of an agent's Worker, at its start. */
  readonly program: () => string;
  readonly limits: Partial<PoolLimits>;
}

/** An objective for agent executions is a P99 under 60 s; a warning comes at 20 active agents, before the pool is full. */
export const AGENT_LIMITS: Partial<PoolLimits> = { capacity: 25, execTimeoutMs: 60_000, heartbeatTimeoutMs: 60_000 };

/** How long a job waits for a place before its message is retried. */
const WAIT_MS = 5_000;

/** Starts and ends agents on the AgentHost. */
export function agentDriver(env: Env, program: () => string): SandboxDriver<Agent> {
  const host = env.AGENT_HOST.getByName(AGENT_POOL);
  return {
    async provision(id) {
      await host.start(id, program());
      return { tell: (body, signal) => host.fetch(`https://agents.internal/${id}`, { method: "POST", body, signal }) };
    },
    destroy: (id) => host.stop(id),
    list: () => host.list(),
  };
}

interface Agent {
  tell(body: string, signal: AbortSignal): Promise<Response>;
}

/** Lets an agent work on Claude's answer in a sandbox of its own. */
export async function runAgent(
  env: Env,
  settings: AgentSettings,
  taskId: string,
  completion: Completion,
): Promise<ExecOutcome<AgentWork> | Unavailable> {
  const driver = agentDriver(env, settings.program);
  return sandboxes(env, AGENT_POOL, driver, settings.limits).run(
    { owner: taskId, waitMs: WAIT_MS },
    async (agent, signal, beat) => {
      const response = await agent.tell(JSON.stringify({ text: completion.text }), signal);
      if (!response.ok || response.body === null) throw new Error(`the agent answered ${response.status}`);
      let work: AgentWork | undefined;
      for await (const line of linesOf(response.body)) {
        beat();
        work = v.parse(agentLine, JSON.parse(line)).done ?? work;
      }
      if (work === undefined) throw new Error("the agent ended without saying that it is done");
      return work;
    },
  );
}

/** Repairs what registry and platform know differently, and destroys what the registry ordered. */
export async function reconcileAgents(env: Env, settings: AgentSettings): Promise<void> {
  await sandboxes(env, AGENT_POOL, agentDriver(env, settings.program), settings.limits).reconcile();
}

/** Why an agent did nothing, for the job's retry. */
export function agentProblem(outcome: Exclude<ExecOutcome<AgentWork> | Unavailable, { kind: "ok" }>): unknown {
  if (outcome.kind !== "refused") return outcome.error;
  const retryAfterS = Math.ceil(outcome.retryAfterMs / 1_000);
  return new Problem({
    status: 503,
    code: `sandbox_${outcome.code.replaceAll("-", "_")}`,
    message: outcome.message,
    retryAfterS,
  });
}

const agentLine = v.looseObject({ done: v.optional(v.object({ steps: v.number(), checksum: v.string() })) });

async function* linesOf(body: ReadableStream<unknown>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("the agent streams something that is no bytes");
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

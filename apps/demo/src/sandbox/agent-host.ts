import { DurableObject } from "cloudflare:workers";

/** An agent that runs. */
interface RunningAgent {
  readonly isolate: Fetcher;
  readonly stop: AbortController;
}

/** The date that agents' code is written for. */
const COMPATIBILITY_DATE = "2026-10-01";
const AGENT_URL = "https://agent.internal";

/**
 * The platform that agents run on: starts each one's code in an isolate of its own through Worker Loader, knows which run, and ends
 * them. It knows nothing of places and time limits: those are the sandbox registry's.
 */
export class AgentHost extends DurableObject<Env> {
  readonly #running = new Map<string, RunningAgent>();

  /** Starts an agent. @throws Error when its code does not start */
  async start(id: string, program: string): Promise<void> {
    const code = {
      compatibilityDate: COMPATIBILITY_DATE,
      mainModule: "agent.js",
      modules: { "agent.js": program },
      // No network: an agent reaches nothing but what it is given.
      globalOutbound: null,
    };
    const isolate = this.env.LOADER.get(id, () => code).getEntrypoint();
    const answer = await isolate.fetch(`${AGENT_URL}/ready`);
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the agent's code answered ${answer.status} at its start`);
    this.#running.set(id, { isolate, stop: new AbortController() });
  }

  /** `POST /<id>`: gives the body to the agent and streams what it tells. */
  override async fetch(request: Request): Promise<Response> {
    const id = new URL(request.url).pathname.slice(1);
    const agent = this.#running.get(id);
    if (!agent) return Response.json({ error: `agent ${id} does not run` }, { status: 404 });
    const { isolate, stop } = agent;
    try {
      return await isolate.fetch(`${AGENT_URL}/run`, { method: "POST", body: await request.text(), signal: stop.signal });
    } catch (error) {
      // Whoever asked may be gone too: an answer is less noise than a rejection that nobody awaits.
      if (stop.signal.aborted) return Response.json({ error: `agent ${id} was destroyed` }, { status: 410 });
      throw error;
    }
  }

  /** Ends an agent; one that does not run is no failure. */
  async stop(id: string): Promise<void> {
    this.#running.get(id)?.stop.abort(new Error(`agent ${id} was destroyed`));
    this.#running.delete(id);
  }

  async list(): Promise<string[]> {
    return [...this.#running.keys()];
  }
}

import { env as localEnv } from "cloudflare:workers";
import { productionEdges, sourcesOf } from "./edges.ts";
import { seededDraws } from "./faults/draws.ts";
import { faultGuard } from "./faults/guard.ts";
import { slowDown } from "./faults/jobs.ts";
import { faultRoutes, forgetLastRun } from "./faults/routes.ts";
import { createFaultState } from "./faults/state.ts";
import { faultyAgents } from "./faults/sandboxes.ts";
import { openFaultyStore } from "./faults/store.ts";
import { toldToTail } from "./faults/trace-items.ts";
import { createHandler, type DemoHandler } from "./handler.ts";
import { monitored } from "./monitoring.ts";

export { AgentHost } from "./sandbox/agent-host.ts";

const state = createFaultState();
const faults = faultRoutes(state);

const application = createHandler({
  ...productionEdges,
  openStore: (env, tracker) => openFaultyStore(sourcesOf(env, tracker), state),
  guards: [faultGuard(state)],
  agents: faultyAgents(state),
});

const broken: DemoHandler = {
  ...application,
  async queue(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void> {
    await slowDown(batch, state);
    await application.queue(batch, env, ctx);
  },
};
// Which requests are sampled is the same on each run with the same seed, so that a check of the estimate gives the same answer.
const observed = monitored(
  broken,
  localEnv.SAMPLING_SEED === undefined ? undefined : seededDraws(Number(localEnv.SAMPLING_SEED)),
);

let cleanStart: Promise<void> | undefined;

/** The entry of the local stack: the same application, with switches that break it at its rim. Production's entry is index.ts. */
const local: DemoHandler = {
  async fetch(request, env, ctx) {
    cleanStart ??= forgetLastRun(env).catch((error: unknown) => {
      console.warn(`The database could not be tidied: ${String(error)}. Were its migrations applied?`);
    });
    await cleanStart;
    if (new URL(request.url).pathname === "/__faults") return faults.fetch(request, env, ctx);
    const version = deployed(env);
    return toldToTail(request, version, () => observed.fetch(request, version, ctx));
  },
  queue: (batch, env, ctx) => observed.queue(batch, deployed(env), ctx),
  scheduled: (controller, env, ctx) => observed.scheduled(controller, deployed(env), ctx),
};

export default local;

const BAD_VERSION = "bad-deploy";
let badEnv: Env | undefined;

/** The environment of the version that is "deployed": made once, since the monitoring keeps what it knows per environment. */
function deployed(env: Env): Env {
  if (!state.now().badDeploy) return env;
  badEnv ??= { ...env, CF_VERSION_METADATA: { ...env.CF_VERSION_METADATA, id: BAD_VERSION, tag: BAD_VERSION } };
  return badEnv;
}

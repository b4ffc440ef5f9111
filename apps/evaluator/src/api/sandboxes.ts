import { sandboxRegistryOf } from "@monotask/sandbox";
import * as v from "valibot";
import type { ApiArea } from "./area.ts";
import { bodyOf } from "./checked.ts";

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const kill = v.pipe(
  v.strictObject({
    ids: v.exactOptional(v.pipe(v.array(text), v.minLength(1), v.maxLength(100))),
    stuck: v.exactOptional(v.boolean()),
    pool: v.exactOptional(text),
    force: v.exactOptional(v.boolean()),
    dryRun: v.exactOptional(v.boolean()),
  }),
  v.check((body) => body.ids !== undefined || body.stuck === true, "give ids, or stuck: true"),
);
const reconcile = v.strictObject({ pool: v.exactOptional(text), dryRun: v.exactOptional(v.boolean()) });

const UNBOUND = { error: "no SANDBOX_REGISTRY is bound to the evaluator; add it to durable_objects" };

/** What the sandbox registry knows, and the cleanup of sandboxes. */
export const sandboxRoutes: ApiArea = (api, { env }) => {
  api.get("/api/v1/sandboxes", async (c) => {
    const registry = sandboxRegistryOf(env);
    if (!registry) return c.json(UNBOUND, 503);
    const [sandboxes, pools] = await Promise.all([registry.list(c.req.query("pool")), registry.status()]);
    return c.json({ sandboxes, pools });
  });
  api.get("/api/v1/sandboxes/history", async (c) => {
    const registry = sandboxRegistryOf(env);
    return registry ? c.json({ ended: await registry.history() }) : c.json(UNBOUND, 503);
  });
  api.get("/api/v1/sandboxes/:id", async (c) => {
    const registry = sandboxRegistryOf(env);
    if (!registry) return c.json(UNBOUND, 503);
    const id = c.req.param("id");
    const sandbox = (await registry.list()).find((each) => each.id === id);
    if (sandbox) return c.json({ sandbox });
    const ended = (await registry.history(1_000)).find((each) => each.id === id);
    return ended
      ? c.json({ ended })
      : c.json({ error: `there is no sandbox ${id}; monotask sandbox list, or /api/v1/sandboxes, shows them` }, 404);
  });
  api.post("/api/v1/sandboxes/kill", async (c) => {
    const registry = sandboxRegistryOf(env);
    if (!registry) return c.json(UNBOUND, 503);
    const body = await bodyOf(c, kill);
    return body.ok ? c.json(await registry.kill(body.value)) : body.response;
  });
  api.post("/api/v1/sandboxes/reconcile", async (c) => {
    const registry = sandboxRegistryOf(env);
    if (!registry) return c.json(UNBOUND, 503);
    const body = await bodyOf(c, reconcile);
    return body.ok ? c.json({ pools: await registry.reconcileAgain(body.value) }) : body.response;
  });
};

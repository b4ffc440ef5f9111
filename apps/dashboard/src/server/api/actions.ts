import * as v from "valibot";
import { whyNoChange } from "../access/mutation.ts";
import type { ApiArea } from "./area.ts";

const ID = v.pipe(v.string(), v.regex(/^[\w.:~@-]{1,200}$/, "is not an id"));
const REASON = v.optional(v.pipe(v.string(), v.maxLength(500)), "");
/** `worker=api`, `name!=slo:*`; checked by AlertManager. */
const MATCHER = v.pipe(v.string(), v.minLength(3), v.maxLength(400));

/** Everything that can be changed from the dashboard. `by` is who is signed in, whatever the request says. */
const actionSchema = v.variant("action", [
  v.strictObject({ action: v.literal("acknowledge"), id: ID, reason: REASON }),
  v.strictObject({
    action: v.picklist(["silence", "silence-preview"]),
    matchers: v.pipe(v.array(MATCHER), v.minLength(1), v.maxLength(20)),
    minutes: v.pipe(v.number(), v.integer(), v.minValue(5), v.maxValue(10_080)),
    reason: REASON,
  }),
  v.strictObject({ action: v.literal("unsilence"), id: ID }),
  v.strictObject({
    action: v.picklist(["redrive", "discard"]),
    queue: ID,
    ids: v.optional(v.pipe(v.array(ID), v.minLength(1), v.maxLength(80))),
  }),
  v.strictObject({ action: v.literal("clean-up-sandbox"), id: ID, reason: REASON }),
  v.strictObject({ action: v.literal("clean-up-stuck"), pool: ID }),
]);

type Action = v.InferOutput<typeof actionSchema>;

/** Changes: confirmed by a POST of the app, by an operator, written to the audit log before they are passed on. */
export const actionRoutes: ApiArea = (api, { evaluator, audit, visitor, clock }) => {
  api.get("/api/audit", async (c) => c.json({ entries: (await audit?.newest(200)) ?? [] }));
  api.post("/api/actions", async (c) => {
    const refused = whyNoChange(c.req.raw, visitor);
    if (refused !== undefined) return c.json({ error: refused.error }, refused.status);
    const parsed = v.safeParse(actionSchema, await c.req.json().catch(() => undefined));
    if (!parsed.success)
      return c.json(
        { error: `the action cannot be read: ${v.getDotPath(parsed.issues[0]) ?? ""} ${parsed.issues[0].message}` },
        400,
      );
    if (audit === undefined)
      return c.json({ error: "no AUDIT_DB is bound, and nothing is changed without a trace; add it to d1_databases" }, 503);
    const call = callOf(parsed.output, { by: visitor.name, nowMs: clock.now() });
    if (parsed.output.action === "silence-preview") {
      const { status, body } = await evaluator.post(call.path, call.body);
      return Response.json(body, { status: status === 0 ? 502 : status });
    }
    const id = await audit.begin({
      atMs: clock.now(),
      actor: visitor.name,
      action: parsed.output.action,
      target: call.target,
      detail: JSON.stringify(parsed.output),
    });
    const { status, body } = await evaluator.post(call.path, call.body);
    await audit.end(id, status >= 200 && status < 300 ? "done" : `failed (${status === 0 ? "no answer" : status})`);
    return Response.json(body, { status: status === 0 ? 502 : status });
  });
};

interface Call {
  readonly path: string;
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The evaluator's route for each action. */
function callOf(action: Action, { by, nowMs }: { readonly by: string; readonly nowMs: number }): Call {
  switch (action.action) {
    case "acknowledge":
      return { path: `/api/v1/alerts/${action.id}/acknowledge`, target: action.id, body: { by, reason: action.reason } };
    case "silence":
    case "silence-preview": {
      const path = action.action === "silence" ? "/api/v1/silences" : "/api/v1/silences/preview";
      const { matchers, reason: why } = action;
      return { path, target: matchers.join(" "), body: { matchers, untilMs: nowMs + action.minutes * 60_000, by, why } };
    }
    case "unsilence":
      return { path: `/api/v1/silences/${action.id}/end`, target: action.id, body: { by } };
    case "redrive":
    case "discard": {
      const filter = { queue: action.queue, ...(action.ids !== undefined && { ids: action.ids }) };
      return {
        path: `/api/v1/queues/dlq/${action.action === "redrive" ? "redrive" : "drop"}`,
        target: action.queue,
        body: { filter, by },
      };
    }
    case "clean-up-stuck":
      return { path: "/api/v1/sandboxes/kill", target: action.pool, body: { stuck: true, pool: action.pool } };
    case "clean-up-sandbox":
      return { path: "/api/v1/sandboxes/kill", target: action.id, body: { ids: [action.id] } };
  }
}

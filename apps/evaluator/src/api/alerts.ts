import { allAlerts, isTarget, SEVERITIES } from "@monotask/alerts";
import type { AlertManagerApi, SilenceRequest } from "@monotask/alerts";
import type { Context } from "hono";
import { rehearsedRule } from "../rules/rehearsed-rule.ts";
import type { ApiArea } from "./area.ts";
import { readBody, type Body } from "./body.ts";

const UNBOUND = { error: "no ALERT_MANAGER is bound to the evaluator; add it to durable_objects" };
const MAX_LISTED = 1_000;

/** What AlertManager knows, and what people tell it. */
export const alertRoutes: ApiArea = (api, { env, alerts }) => {
  /** A route that answers from AlertManager and a body of fields. */
  const on = (answer: (manager: AlertManagerApi, c: Context, body: Body) => Promise<Response>) => async (c: Context) => {
    if (!alerts) return c.json(UNBOUND, 503);
    const body = await readBody(c.req.raw);
    return body === undefined ? c.json({ error: "the body has to be a JSON object" }, 400) : answer(alerts, c, body);
  };

  api.get(
    "/api/v1/alerts",
    on(async (manager, c) => {
      const { limit, cursor } = c.req.query();
      // As before there were pages: whoever asks for none gets all, page by page from AlertManager.
      if (limit === undefined && cursor === undefined) return c.json({ alerts: await allAlerts(manager) });
      return c.json(await manager.page({ limit: limitOf(c), ...(cursor !== undefined && { cursor }) }));
    }),
  );
  api.get(
    "/api/v1/notifications",
    on(async (manager, c) => c.json({ notifications: await manager.notifications(limitOf(c)) })),
  );
  api.get(
    "/api/v1/alert-history",
    on(async (manager, c) => c.json({ history: await manager.history(limitOf(c), c.req.query("group")) })),
  );
  api.get(
    "/api/v1/silences",
    on(async (manager, c) => c.json({ silences: await manager.silences() })),
  );

  api.get(
    "/api/v1/alerts/:id/explain",
    on(async (manager, c) => {
      const explanation = await manager.explain(idOf(c));
      return explanation === undefined ? c.json(unknownAlert(idOf(c)), 404) : c.json({ explanation });
    }),
  );
  api.post(
    "/api/v1/alerts/:id/acknowledge",
    on(async (manager, c, body) => {
      const by = body.text("by");
      if (by === undefined) return c.json({ error: 'say who acknowledges: {"by": "kim"}' }, 400);
      const answer = await manager.acknowledge(idOf(c), by);
      return answer.acknowledged > 0 ? c.json(answer) : c.json(unknownAlert(idOf(c), "fires unacknowledged"), 404);
    }),
  );
  api.post(
    "/api/v1/alerts/:id/unacknowledge",
    on(async (manager, c, body) => {
      await manager.unacknowledge(idOf(c), body.text("by") ?? "somebody");
      return c.json({ ok: true });
    }),
  );
  api.post(
    "/api/v1/alerts/close",
    on(async (manager, c, body) => {
      const [worker, by] = [body.text("worker"), body.text("by")];
      if (worker === undefined || by === undefined)
        return c.json({ error: 'name the worker and who closes: {"worker": "api", "by": "kim"}' }, 400);
      return c.json(await manager.close(worker, by));
    }),
  );
  api.post(
    "/api/v1/silences",
    on(async (manager, c, body) => {
      const answer = await manager.silence(silenceRequest(body));
      return answer.kind === "refused" ? c.json({ error: answer.error.message, code: answer.error.code }, 400) : c.json(answer);
    }),
  );
  api.post(
    "/api/v1/silences/preview",
    on(async (manager, c, body) => {
      const answer = await manager.preview(body.texts("matchers"));
      return answer.kind === "refused" ? c.json({ error: answer.error.message, code: answer.error.code }, 400) : c.json(answer);
    }),
  );
  api.post(
    "/api/v1/silences/:id/end",
    on(async (manager, c, body) => {
      const isKnown = await manager.unsilence(idOf(c), body.text("by") ?? "somebody");
      return isKnown ? c.json({ ok: true }) : c.json({ error: `no silence ${idOf(c)} holds; see /api/v1/silences` }, 404);
    }),
  );
  api.post(
    "/api/v1/alerts/test",
    on(async (manager, c, body) => rehearse(c, body, (targets, by) => manager.sendTest(targets, by))),
  );
  api.post(
    "/api/v1/alerts/drill",
    on(async (manager, c, body) => {
      const rule = body.text("rule");
      if (rule === undefined)
        return c.json({ error: 'name the rule: {"rule": "error-rate", "targets": ["slack"], "by": "kim"}' }, 400);
      const severity = SEVERITIES.find((known) => known === body.text("severity"));
      const said = await rehearsedRule(env, rule);
      if ("error" in said) return c.json(said, said.status);
      return rehearse(c, body, (targets, by) => manager.drill({ rule, targets, by, ...said, ...(severity && { severity }) }));
    }),
  );
};

async function rehearse(
  c: Context,
  body: Body,
  send: (targets: Parameters<AlertManagerApi["sendTest"]>[0], by: string) => ReturnType<AlertManagerApi["sendTest"]>,
): Promise<Response> {
  const names = body.texts("targets");
  const targets = names.filter(isTarget);
  const unknown = names.filter((name) => !isTarget(name));
  if (targets.length === 0 || unknown.length > 0) {
    const what = unknown.length > 0 ? `"${unknown.join('", "')}" is no target` : "no target is named";
    return c.json(
      { error: `${what}: use email, slack, pagerduty, webhook or log, with a name behind a colon where you have several` },
      400,
    );
  }
  return c.json(await send(targets, body.text("by") ?? "somebody"));
}

function silenceRequest(body: Body): SilenceRequest {
  const fromMs = body.number("fromMs");
  return {
    matchers: body.texts("matchers"),
    untilMs: body.number("untilMs") ?? Number.NaN,
    by: body.text("by") ?? "",
    why: body.text("why") ?? "",
    ...(fromMs !== undefined && { fromMs }),
  };
}

function idOf(c: Context): string {
  return c.req.param("id") ?? "";
}

function limitOf(c: Context): number {
  const limit = Number(c.req.query("limit") ?? 100);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LISTED) : 100;
}

function unknownAlert(id: string, what = "is known"): { error: string } {
  return { error: `no alert or group ${id} ${what}; see /api/v1/alerts` };
}

import * as v from "valibot";
import { rulesOf } from "../rules/rules-of.ts";
import type { ApiArea } from "./area.ts";
import { bodyOf } from "./checked.ts";

const Push = v.object({
  text: v.pipe(v.string(), v.nonEmpty("the rules file")),
  by: v.pipe(v.string(), v.nonEmpty("who pushes")),
});
const Rollback = v.object({
  to: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0, "a revision; 0 is what was deployed"))),
});

/** The rules that hold, and making others hold without a deploy. */
export const alertRuleRoutes: ApiArea = (api, { env }) => {
  const manager = () => rulesOf(env);
  api.get("/api/v1/alert-rules", async (c) => c.json(await manager().liveRules()));
  api.post("/api/v1/alert-rules", async (c) => {
    const body = await bodyOf(c, Push);
    if (!body.ok) return body.response;
    const answer = await manager().pushRules(body.value.text, body.value.by);
    return answer.ok ? c.json(answer.live) : c.json({ error: answer.error }, 422);
  });
  api.post("/api/v1/alert-rules/rollback", async (c) => {
    const body = await bodyOf(c, Rollback);
    if (!body.ok) return body.response;
    const answer = await manager().rollbackRules(body.value.to);
    return answer.ok ? c.json(answer.live) : c.json({ error: answer.error }, 409);
  });
};

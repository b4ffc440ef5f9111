import { LETTER_STATES } from "@monotask/queue/dead-letters";
import * as v from "valibot";
import { deadLetterDesk } from "../queues/desk.ts";
import { queueDepths } from "../queues/queues-step.ts";
import type { ApiArea } from "./area.ts";
import { bodyOf, checked } from "./checked.ts";

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const filter = v.strictObject({
  queue: v.exactOptional(text),
  fingerprint: v.exactOptional(text),
  reason: v.exactOptional(v.picklist(["last-attempt", "same-failure", "given-up", "unknown"])),
  ids: v.exactOptional(v.pipe(v.array(text), v.minLength(1), v.maxLength(80))),
  before: v.exactOptional(v.pipe(v.number(), v.integer())),
});
const redrive = v.strictObject({
  filter,
  by: text,
  limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))),
  includeUncertain: v.exactOptional(v.boolean()),
});
const drop = v.strictObject({ filter, by: text });
const listing = v.strictObject({
  ids: v.exactOptional(
    v.pipe(
      v.string(),
      v.transform((list) => list.split(",")),
      v.array(text),
      v.maxLength(80),
    ),
  ),
  queue: v.exactOptional(text),
  fingerprint: v.exactOptional(text),
  reason: filter.entries.reason,
  state: v.exactOptional(v.picklist(LETTER_STATES)),
  limit: v.exactOptional(v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1), v.maxValue(500))),
});

/** Depths of queues, and dead letters. */
export const queueRoutes: ApiArea = (api, { env }) => {
  api.get("/api/v1/queues", async (c) => {
    const { depths, failures } = await queueDepths(env);
    return c.json({ queues: depths, failures });
  });
  api.get("/api/v1/queues/dlq", async (c) => {
    const query = checked(c, listing, c.req.query());
    if (!query.ok) return query.response;
    const { state, limit, ...wanted } = query.value;
    return c.json(
      await deadLetterDesk(env).list({
        filter: wanted,
        ...(state === undefined ? {} : { states: [state] }),
        ...(limit === undefined ? {} : { limit }),
      }),
    );
  });
  api.get("/api/v1/queues/dlq/groups", async (c) => c.json({ groups: await deadLetterDesk(env).groups() }));
  api.get("/api/v1/queues/dlq/:id", async (c) => {
    const letters = await deadLetterDesk(env).show(c.req.param("id"), c.req.query("queue"));
    if (letters.length > 0) return c.json({ letters });
    return c.json(
      { error: `there is no dead letter ${c.req.param("id")}; monotask queue dlq list, or /api/v1/queues/dlq, shows them` },
      404,
    );
  });
  api.post("/api/v1/queues/dlq/redrive", async (c) => {
    const body = await bodyOf(c, redrive);
    return body.ok ? c.json(await deadLetterDesk(env).redrive(body.value)) : body.response;
  });
  api.post("/api/v1/queues/dlq/drop", async (c) => {
    const body = await bodyOf(c, drop);
    if (!body.ok) return body.response;
    if (Object.keys(body.value.filter).length === 0) {
      return c.json({ error: "filter: name what is to be dropped; to drop all of a queue give {queue}" }, 400);
    }
    return c.json(await deadLetterDesk(env).drop(body.value));
  });
};

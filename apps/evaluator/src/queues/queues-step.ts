import { readDepths, readGraphqlDepths, withSecondSource, writeDepths, type DepthReading } from "@monotask/queue";
import { propertyOf } from "@monotask/telemetry";
import { gaugeWriter } from "../gauge-writer.ts";
import type { TickStep } from "../ticks/step.ts";
import { bindingsOf, DEAD_LETTER_SOURCES } from "./bindings.ts";
import { deadLetterDesk } from "./desk.ts";

/** Name of the gauge of dead letters that wait for a person. A dead letter queue itself is empty as soon as they are stored. */
const DEAD_LETTERS_GAUGE = "dead_letters_unresolved";

/** Collects how much waits in every queue, and tidies the dead letters. */
export const queuesStep: TickStep = {
  name: "queues",
  async run({ env, logger }) {
    const writer = gaugeWriter(env);
    const [reading, { unresolved }] = await Promise.all([queueDepths(env), deadLetterDesk(env).tidy()]);
    writeDepths(reading.depths, writer);
    for (const queue of Object.values(DEAD_LETTER_SOURCES)) {
      writer.write("gauge", { name: DEAD_LETTERS_GAUGE, subject: queue, value: unresolved[queue] ?? 0 });
    }
    for (const { queue, message } of reading.failures)
      logger.warn("the depth of a queue could not be read", { queue, why: message });
  },
};

/** Depths from the bindings; of those that cannot be read, from Cloudflare's GraphQL API where an account and queue ids are set. */
export async function queueDepths(env: Env): Promise<DepthReading> {
  const nowMs = Date.now();
  const first = await readDepths(bindingsOf(env), nowMs);
  const accountId = textOf(env, "CLOUDFLARE_ACCOUNT_ID");
  const token = textOf(env, "ANALYTICS_API_TOKEN");
  const queueIds = queueIdsOf(textOf(env, "QUEUE_IDS"));
  if (accountId === undefined || token === undefined || queueIds === undefined) return first;
  const missing = Object.entries(queueIds).filter(([queue]) => first.depths.every((depth) => depth.queue !== queue));
  if (missing.length === 0) return first;
  return withSecondSource(first, await readGraphqlDepths({ accountId, token, queueIds: Object.fromEntries(missing) }, nowMs));
}

/** `QUEUE_IDS` as `{"queue name": "id"}`; undefined where it is not that. */
function queueIdsOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value !== "object" || value === null) return undefined;
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    return undefined;
  }
}

function textOf(env: Env, name: string): string | undefined {
  const value = propertyOf(env, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

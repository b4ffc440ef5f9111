import { readDepths, readGraphqlDepths, readQueueIds, withSecondSource, writeDepths, type DepthReading } from "@monotask/queue";
import { propertyOf } from "@monotask/telemetry";
import { gaugeWriter } from "../gauge-writer.ts";
import { readEvaluatorSettings } from "../settings.ts";
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

/** Depths from the bindings; of those that cannot be read, from Cloudflare's GraphQL API where `QUEUE_IDS` names their ids. */
export async function queueDepths(env: Env): Promise<DepthReading> {
  const nowMs = Date.now();
  const first = await readDepths(bindingsOf(env), nowMs);
  const read = readQueueIds(propertyOf(env, "QUEUE_IDS"));
  if (read.kind === "none") return first;
  if (read.kind === "wrong") return withFailures(first, ["QUEUE_IDS"], read.message);
  const missing = Object.entries(read.ids).filter(([queue]) => first.depths.every((depth) => depth.queue !== queue));
  if (missing.length === 0) return first;
  const { accountId, analyticsToken: token } = readEvaluatorSettings(env);
  if (accountId === undefined || token === undefined) {
    const lacking = accountId === undefined ? "CLOUDFLARE_ACCOUNT_ID" : "ANALYTICS_API_TOKEN";
    const message = `no binding leads to it, and ${lacking} is not set: it cannot be asked of Cloudflare's GraphQL API`;
    const queues = missing.map(([queue]) => queue);
    return withFailures(first, queues, message);
  }
  return withSecondSource(first, await readGraphqlDepths({ accountId, token, queueIds: Object.fromEntries(missing) }, nowMs));
}

function withFailures({ depths, failures }: DepthReading, queues: readonly string[], message: string): DepthReading {
  const others = failures.filter(({ queue }) => !queues.includes(queue));
  return { depths, failures: [...others, ...queues.map((queue) => ({ queue, message }))] };
}

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareWorkerd, type Workerd } from "../../test/kill/workerd.ts";
import { answering, startPeer, type Peer } from "../../test/servers.ts";
import { signal } from "../../test/signals.ts";

const KILLS = 20;
const ALERTS_A_ROUND = 3;
const PORT = 11_410;
const ROUTING_KEY = "0".repeat(32);

/** Messages that Slack answered `ok` to, whether or not the answer was heard. */
const takenBySlack: string[] = [];
let slack: Peer;
let pagerduty: Peer;
let workerd: Workerd;

beforeAll(async () => {
  // Slow and moody: many kills fall between its answer and our commit, or into a retry.
  slack = await startPeer((response, n, { text }) => {
    const isWell = n % 3 !== 0;
    if (isWell) takenBySlack.push(text);
    setTimeout(() => response.writeHead(isWell ? 200 : 503).end(isWell ? "ok" : ""), 30);
  });
  pagerduty = await startPeer(answering(202, '{"status":"success"}'));
  workerd = prepareWorkerd(PORT, {
    SLACK_WEBHOOK_URL: `${slack.url}/services/x`,
    PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
    PAGERDUTY_EVENTS_URL: `${pagerduty.url}/v2/enqueue`,
    ALLOW_LOOPBACK_CHANNELS: "true",
    // A hundred virtual seconds in a real one: the group wait takes 100 ms, a lease 600 ms.
    MONOTASK_CLOCK: JSON.stringify({ realMs: Date.now(), virtualMs: Date.now(), rate: 100 }),
  });
  await workerd.start();
});

afterAll(async () => {
  await workerd.kill();
  await Promise.all([slack.close(), pagerduty.close()]);
});

/** Hands a batch over as the evaluator does: again and again under one id, until it is taken. */
async function raise(id: string, workers: readonly string[]): Promise<void> {
  const body = JSON.stringify({ id, source: "evaluator", signals: workers.map((worker) => signal("down", { worker })) });
  for (let attempt = 0; attempt < 400; attempt += 1) {
    try {
      const response = await fetch(workerd.url, { method: "POST", body });
      if (response.ok) return void (await response.text());
    } catch {
      // Killed under our hands.
    }
    await pause(25);
  }
  throw new Error(`batch ${id} was never taken`);
}

async function settled(): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const { backlog } = JSON.parse(await (await fetch(workerd.url)).text()) as { backlog: { pending: number } };
    if (backlog.pending === 0 && firstsOf(pagerduty).size === KILLS * ALERTS_A_ROUND) return;
    await pause(50);
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** First messages at PagerDuty: how often each notification id came, by worker. */
function firstsOf(peer: Peer): Map<string, string[]> {
  const firsts = new Map<string, string[]>();
  for (const { text } of peer.got) {
    const { payload } = JSON.parse(text) as {
      payload?: { source: string; custom_details: { notification_id: string; reason?: string } };
    };
    if (payload === undefined || payload.custom_details.reason !== undefined) continue;
    firsts.set(payload.source, [...(firsts.get(payload.source) ?? []), payload.custom_details.notification_id]);
  }
  return firsts;
}

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe(`kill -9 at ${KILLS} random moments`, () => {
  it("loses no alert, and what repeats carries the same notification id", async () => {
    const next = random(20_261_124);
    const workers: string[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      const mine = Array.from({ length: ALERTS_A_ROUND }, (_, n) => `w${round}-${n}`);
      workers.push(...mine);
      const raised = raise(`batch-${round}`, mine);
      await pause(next() * 400);
      await workerd.kill();
      await workerd.start();
      await raised;
    }
    await settled();

    const firsts = firstsOf(pagerduty);
    expect([...firsts.keys()].sort()).toEqual([...workers].sort());
    for (const ids of firsts.values()) expect(new Set(ids).size).toBe(1);
    const said = takenBySlack.filter((text) => !text.includes("Still firing"));
    const own = workers.map((worker) => said.filter((text) => text.includes(`\`${worker}\``)));
    const summedUp = said.filter((text) => text.includes("Late news: "));
    for (const [at, mine] of own.entries()) {
      // On a machine that is slow enough, ten virtual minutes go by before Slack takes a message: then a digest tells it.
      const isSummedUp = summedUp.some((text) => text.includes(`${workers[at]}: down`));
      expect(mine.length > 0 || isSummedUp).toBe(true);
      // Whoever was killed between the peer's answer and our commit says the very same again, to the letter, late or not by then.
      expect(new Set(mine).size).toBeLessThanOrEqual(1);
      expect(new Set(mine.map((text) => /"block_id":"([^"]+)"/.exec(text)?.[1])).size).toBeLessThanOrEqual(1);
    }
    const again = own.reduce((sum, mine) => sum + Math.max(0, mine.length - 1), 0);
    const repeats = { slack: again, pagerduty: [...firsts.values()].flat().length - workers.length };
    console.info(`${KILLS} kills, ${workers.length} alerts, none lost; told again with the same id: ${JSON.stringify(repeats)}`);
  });
});

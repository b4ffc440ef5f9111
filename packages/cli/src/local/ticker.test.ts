import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { scheduledUrl, startTicker, type TickCounts } from "./ticker.ts";

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

interface Asked {
  readonly path: string | undefined;
  readonly body: { readonly cron: string; readonly scheduled_time: number };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** How long the worker takes, in minutes. */
  readonly minutes?: number;
  /** The request is held for ever. */
  readonly isHeld?: boolean;
}

const OK: Answer = { status: 200, text: '{"outcome":"ok"}' };

/** Ticks a server until it has given all its answers. Time passes only where the ticker waits and where an answer takes long. */
async function ticked(
  answers: readonly Answer[],
  patienceMs = 60_000,
): Promise<{ asked: Asked[]; counts: TickCounts; told: [minute: number, failure: string | undefined][] }> {
  const asked: Asked[] = [];
  const told: [number, string | undefined][] = [];
  let nowMs = START_MS + 1;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      const answer = answers[asked.length];
      if (answer === undefined) return void server.emit("enough");
      asked.push({ path: request.url, body: JSON.parse(text) as Asked["body"] });
      nowMs += (answer.minutes ?? 0) * MINUTE_MS;
      if (answer.isHeld !== true) response.writeHead(answer.status).end(answer.text);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ticker = startTicker({
    clock: { now: () => nowMs, toReal: (ms) => ms },
    url: scheduledUrl(`http://127.0.0.1:${port}`, "my worker"),
    cron: "* * * * *",
    patienceMs,
    onTick: (atMs, failure) => told.push([(atMs - START_MS) / MINUTE_MS, failure]),
    sleep: async (ms) => {
      nowMs += ms;
    },
  });
  await once(server, "enough");
  await ticker.stop();
  server.closeAllConnections();
  server.close();
  return { asked, counts: ticker.counts(), told };
}

function minutesOf(asked: readonly Asked[]): number[] {
  return asked.map(({ body }) => (body.scheduled_time - START_MS) / MINUTE_MS);
}

describe("ticks", () => {
  it("reach the worker's cron with the time they are meant for", async () => {
    const { asked } = await ticked([OK]);
    expect(asked).toEqual([
      {
        path: "/cdn-cgi/local/explorer/api/local/scheduled?worker=my%20worker",
        body: { cron: "* * * * *", scheduled_time: START_MS + MINUTE_MS },
      },
    ]);
  });

  it("come once for each minute, also for those that passed while the worker was busy", async () => {
    const { asked, counts } = await ticked([OK, { ...OK, minutes: 3 }, OK, OK, OK]);
    expect(minutesOf(asked)).toEqual([1, 2, 3, 4, 5]);
    expect(counts).toMatchObject({ ok: 5, failed: 0, skipped: 0, lastMs: START_MS + 5 * MINUTE_MS });
  });

  it("go on with the next minute where one is never answered", async () => {
    const { asked, counts } = await ticked([{ ...OK, isHeld: true }, OK], 200);
    expect(minutesOf(asked)).toEqual([1, 2]);
    expect(counts).toMatchObject({ failed: 1, lastFailure: expect.stringContaining("timeout") as unknown });
  });

  it("go on with the newest minute after a long pause, and count those left out", async () => {
    const { asked, counts } = await ticked([{ ...OK, minutes: 60 }, OK]);
    expect(minutesOf(asked)).toEqual([1, 61]);
    expect(counts.skipped).toBe(59);
  });

  it("go on after one that failed, and tell why", async () => {
    const { counts, told } = await ticked([OK, { status: 404, text: "no such worker" }, OK]);
    expect(told).toEqual([
      [1, undefined],
      [2, "the tick was answered 404: no such worker"],
      [3, undefined],
    ]);
    expect(counts).toMatchObject({ ok: 2, failed: 1, lastFailure: "the tick was answered 404: no such worker" });
  });

  it("count an exception in the worker as failed", async () => {
    const { counts } = await ticked([{ status: 200, text: '{"outcome":"exception"}' }]);
    expect(counts).toMatchObject({ ok: 0, failed: 1, lastFailure: "the tick ended as exception" });
  });
});

// node bench/queue/run.ts [--rounds 9] [--batches 4000] [--out bench/results/queue.json]
// What monitorQueue costs a message, against the same handler alone: batches of 1, 10 and 100, all healthy and one in ten retried.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { monitorQueue, retryLater, type QueueMessage } from "../../packages/queue/dist/index.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    batches: { type: "string", default: "4000" },
    out: { type: "string", default: join(import.meta.dirname, "../results/queue.json") },
  },
});
const [rounds, batches] = [Number(values.rounds), Number(values.batches)];

/** The platform's message has its methods on the class, as this one has. */
class Message implements QueueMessage<number> {
  readonly id: string;
  readonly body: number;
  readonly attempts = 1;
  readonly timestamp: Date;
  told = 0;

  constructor(n: number, sent: Date) {
    this.id = `message-${n}`;
    this.body = n;
    this.timestamp = sent;
  }

  ack(): void {
    this.told = 1;
  }

  retry(): void {
    this.told = 2;
  }
}

interface Batch {
  readonly queue: string;
  readonly messages: readonly Message[];
  readonly metadata: { readonly metrics: { readonly backlogCount: number; readonly backlogBytes: number } };
}

type Handler = (batch: Batch, env: object, ctx: object) => Promise<void>;

const env = { LOG_LEVEL: "error", ANALYTICS: { writeDataPoint: () => undefined } };
const ctx = { waitUntil: () => undefined };
/** Each failure is its own, as in a Worker: nothing that is remembered of one helps the next. */
const failureOf = (n: number): Error => Object.assign(new Error(`Claude answered 503 to job ${n}`), { status: 503 });

const handlers: Readonly<Record<string, Handler>> = {
  healthy: async (batch) => {
    for (const message of batch.messages) message.ack();
  },
  "one in ten retried": async (batch) => {
    for (const message of batch.messages) {
      if (message.body % 10 === 9) retryLater(message, failureOf(message.body));
      else message.ack();
    }
  },
};

/** Batches that are there at the same time: an isolate has a few, and what is done with dies young. */
const LOT = 20;

/** µs of CPU a message; batches are made before the clock starts. */
async function measure(handler: Handler, size: number): Promise<number> {
  const sent = new Date();
  const lots = Math.max(5, Math.ceil((batches * 10) / size / LOT));
  let spentUs = 0;
  for (let lot = 0; lot < lots; lot += 1) {
    const made = Array.from({ length: LOT }, (): Batch => ({
      queue: "bench",
      messages: Array.from({ length: size }, (_, n) => new Message(n, sent)),
      metadata: { metrics: { backlogCount: 3, backlogBytes: 300 } },
    }));
    const before = process.cpuUsage();
    for (const batch of made) await handler(batch, env, ctx);
    const { user, system } = process.cpuUsage(before);
    spentUs += user + system;
  }
  return spentUs / (lots * LOT * size);
}

function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const rows: object[] = [];
for (const [name, alone] of Object.entries(handlers)) {
  const watched = monitorQueue(alone, { workerName: "bench", maxRetries: 3 });
  for (const size of [1, 10, 100]) {
    const [own, added]: [number[], number[]] = [[], []];
    await measure(alone, size);
    await measure(watched, size);
    for (let round = 0; round < rounds; round += 1) {
      // In turns, so that a busy machine is busy for both.
      const plain = await measure(alone, size);
      own.push(plain);
      added.push((await measure(watched, size)) - plain);
    }
    rows.push({ handler: name, batchSize: size, handlerUs: round(median(own)), addedUsPerMessage: round(median(added)) });
  }
}
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, `${JSON.stringify({ bench: "queue", node: process.version, rounds, rows }, undefined, 2)}\n`);
console.table(rows);

function round(us: number): number {
  return Number(us.toFixed(3));
}

import type { QueueBatch, QueueMessage } from "../src/batch/message.ts";

/** What the platform was told of a message. */
export type Answer = "ack" | { readonly retryAfterSeconds: number | undefined };

export interface FakeMessage extends QueueMessage {
  /** The first answer, as on the platform; undefined while there is none. */
  readonly answers: Answer[];
}

export interface FakeBatch extends QueueBatch {
  readonly messages: readonly FakeMessage[];
  readonly metadata: { readonly metrics: { backlogCount: number; backlogBytes: number; oldestMessageTimestamp?: Date } };
  ackAll(): void;
  retryAll(options?: { delaySeconds?: number }): void;
}

/** A message that remembers what it was told. Its methods need their own object, as the platform's do. */
class Message implements FakeMessage {
  readonly answers: Answer[] = [];
  readonly id: string;
  readonly body: unknown;
  readonly attempts: number;
  readonly timestamp: Date;

  constructor(id: string, body: unknown, attempts: number, timestamp: Date) {
    this.id = id;
    this.body = body;
    this.attempts = attempts;
    this.timestamp = timestamp;
  }

  ack(): void {
    this.say("ack");
  }

  retry(options?: { delaySeconds?: number }): void {
    this.say({ retryAfterSeconds: options?.delaySeconds });
  }

  private say(answer: Answer): void {
    if (decidedAsOne.has(this)) throw new Error(`${this.id} was answered after its batch was: the platform ignores that`);
    this.answers.push(answer);
  }
}

/** Messages of batches that were answered as one: what is said of a single one afterwards has no effect. Source: workerd's queue.c++. */
const decidedAsOne = new WeakSet<FakeMessage>();

export function message(id: string, fields: { body?: unknown; attempts?: number; sentMs?: number } = {}): FakeMessage {
  return new Message(id, fields.body ?? { job: id }, fields.attempts ?? 1, new Date(fields.sentMs ?? Date.now()));
}

export function batch(queue: string, messages: readonly FakeMessage[]): FakeBatch {
  return {
    queue,
    messages,
    metadata: { metrics: { backlogCount: 7, backlogBytes: 700, oldestMessageTimestamp: new Date(Date.now() - 9_000) } },
    ackAll: () => answerAll((each) => each.ack()),
    retryAll: (options) => answerAll((each) => each.retry(options)),
  };

  function answerAll(answer: (each: FakeMessage) => void): void {
    for (const each of messages) {
      if (each.answers.length === 0) answer(each);
      decidedAsOne.add(each);
    }
  }
}

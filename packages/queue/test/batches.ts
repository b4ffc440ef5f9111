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
    this.answers.push("ack");
  }

  retry(options?: { delaySeconds?: number }): void {
    this.answers.push({ retryAfterSeconds: options?.delaySeconds });
  }
}

export function message(id: string, fields: { body?: unknown; attempts?: number; sentMs?: number } = {}): FakeMessage {
  return new Message(id, fields.body ?? { job: id }, fields.attempts ?? 1, new Date(fields.sentMs ?? Date.now()));
}

export function batch(queue: string, messages: readonly FakeMessage[]): FakeBatch {
  return {
    queue,
    messages,
    metadata: { metrics: { backlogCount: 7, backlogBytes: 700, oldestMessageTimestamp: new Date(Date.now() - 9_000) } },
    ackAll: () => undefined,
    retryAll(options) {
      for (const each of messages) if (each.answers.length === 0) each.retry(options);
    },
  };
}

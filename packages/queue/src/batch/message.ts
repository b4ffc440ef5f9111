import { propertyOf } from "@monotask/telemetry";

/** The part of a queue message that is used: Cloudflare's `Message` fits. */
export interface QueueMessage<Body = unknown> {
  readonly id: string;
  readonly timestamp: Date;
  readonly body: Body;
  /** Deliveries so far, this one included. */
  readonly attempts: number;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** The part of a batch that is used: Cloudflare's `MessageBatch` fits. */
export interface QueueBatch<Body = unknown> {
  readonly queue: string;
  readonly messages: readonly QueueMessage<Body>[];
}

/** The part of a producer binding that is used: Cloudflare's `Queue` fits. */
export interface QueueSender {
  send(body: unknown, options?: { contentType?: "json" | "v8" | "text" | "bytes"; delaySeconds?: number }): Promise<unknown>;
}

/** A producer binding by its shape; undefined where the value is none. */
export function senderOf(value: unknown): QueueSender | undefined {
  return isSender(value) ? value : undefined;
}

function isSender(value: unknown): value is QueueSender {
  return typeof propertyOf(value, "send") === "function";
}

/** The messages of a batch of unknown shape: what is no object is left out. */
export function messagesOf(batch: unknown): readonly object[] {
  const messages = propertyOf(batch, "messages");
  const list: readonly unknown[] = Array.isArray(messages) ? messages : [];
  return list.filter((message) => typeof message === "object" && message !== null);
}

export function queueNameOf(batch: unknown): string {
  return textAt(batch, "queue");
}

export function idOf(message: object): string {
  return textAt(message, "id");
}

/** Deliveries so far; 1 where the message does not say. */
export function attemptsOf(message: object): number {
  const attempts = propertyOf(message, "attempts");
  return typeof attempts === "number" && attempts >= 1 ? attempts : 1;
}

/** Epoch milliseconds at which a message was sent; undefined where it does not say. */
export function sentMsOf(message: object): number | undefined {
  const sent = propertyOf(message, "timestamp");
  return sent instanceof Date && Number.isFinite(sent.getTime()) ? sent.getTime() : undefined;
}

/** What waits in the queue behind the batch; zeros where the platform does not say. */
export interface Backlog {
  readonly count: number;
  readonly bytes: number;
  readonly oldestMs: number | undefined;
}

export function backlogOf(batch: unknown): Backlog {
  const metrics = propertyOf(propertyOf(batch, "metadata"), "metrics");
  const oldest = propertyOf(metrics, "oldestMessageTimestamp");
  return {
    count: numberAt(metrics, "backlogCount"),
    bytes: numberAt(metrics, "backlogBytes"),
    oldestMs: oldest instanceof Date && oldest.getTime() > 0 ? oldest.getTime() : undefined,
  };
}

function numberAt(value: unknown, name: string): number {
  const number = propertyOf(value, name);
  return typeof number === "number" && Number.isFinite(number) ? number : 0;
}

function textAt(value: unknown, name: string): string {
  const text = propertyOf(value, name);
  return typeof text === "string" ? text : "";
}

import { propertyOf } from "@monotask/telemetry";
import type { MonitorOptions } from "./options.ts";
import type { Observer } from "./observe.ts";
import { keptAlive, openInvocation } from "./worker.ts";

/** Starts the observation of one batch. */
export function observeQueue(args: readonly unknown[], env: object, options: MonitorOptions): Observer {
  const [batch, , ctx] = args;
  const invocation = openInvocation(env, options.workerName, ctx);
  const startedMs = performance.now();
  const messages = messagesOf(batch);
  const queue = textAt(batch, "queue");
  const retried = watchRetries(batch, messages);
  const oldestMessageAgeMs = oldestAgeMs(messages, Date.now());

  function write(outcome: "ok" | "retried" | "failed", retriedCount: number): void {
    const durationMs = performance.now() - startedMs;
    invocation.writer.write("queue", {
      endpoint: queue,
      queue,
      outcome,
      durationMs,
      queueProcessingTimeMs: durationMs,
      batchSize: messages.length,
      okCount: messages.length - retriedCount,
      retriedCount,
      oldestMessageAgeMs,
    });
  }

  return {
    returned: () => {
      const retriedCount = retried();
      write(retriedCount > 0 ? "retried" : "ok", retriedCount);
    },
    threw: (error) => {
      // The platform delivers the whole batch again; what was acknowledged before the throw cannot be told apart here.
      write("failed", messages.length);
      const described = invocation.alerter.createErrorContext(error, undefined, { operation: `queue ${queue}` });
      keptAlive(invocation.alerter.sendAlert(described), invocation.keepAlive);
    },
  };
}

function messagesOf(batch: unknown): readonly object[] {
  const messages = propertyOf(batch, "messages");
  const list: readonly unknown[] = Array.isArray(messages) ? messages : [];
  return list.filter((message) => typeof message === "object" && message !== null);
}

/** Counts `retry()` and `retryAll()` by shadowing them on the objects themselves; each is called on its own object as before. */
function watchRetries(batch: unknown, messages: readonly object[]): () => number {
  const retried = new Set<object>();
  for (const message of messages) shadow(message, "retry", () => retried.add(message));
  if (typeof batch === "object" && batch !== null) {
    shadow(batch, "retryAll", () => {
      for (const message of messages) retried.add(message);
    });
  }
  return () => retried.size;
}

function shadow(target: object, name: string, onCall: () => void): void {
  const method = propertyOf(target, name);
  if (typeof method !== "function") return;
  const watched = (...args: readonly unknown[]): unknown => {
    onCall();
    return Reflect.apply(method, target, args);
  };
  // A frozen object answers false: its retries are then not counted.
  Reflect.defineProperty(target, name, { value: watched, configurable: true, writable: true });
}

function oldestAgeMs(messages: readonly object[], nowMs: number): number {
  const sentMs = messages.map((message) => propertyOf(message, "timestamp")).filter((sent) => sent instanceof Date);
  return sentMs.length === 0 ? 0 : Math.max(0, nowMs - Math.min(...sentMs.map((sent) => sent.getTime())));
}

function textAt(value: unknown, name: string): string {
  const text = propertyOf(value, name);
  return typeof text === "string" ? text : "";
}

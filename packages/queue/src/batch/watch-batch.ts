import { propertyOf } from "@monotask/telemetry";
import { messagesOf } from "./message.ts";
import { startOf } from "./starts.ts";

/** One message of a batch, and what was decided about it so far. */
export interface WatchedMessage {
  readonly message: object;
  /** Undefined while there is no decision; as on the platform, the first one counts. */
  decision: "ok" | "retried" | undefined;
  /** Real milliseconds from the start of the work on the message to the decision. */
  durationMs: number;
  /** A retry that is held back. */
  held: (() => unknown) | undefined;
  /** The platform's own methods. */
  readonly ack: Method | undefined;
  readonly retry: Method | undefined;
}

/** The decisions of a batch as they fall. */
export interface BatchWatch {
  readonly messages: readonly WatchedMessage[];
  /** Real milliseconds since the batch began. */
  elapsedMs(): number;
}

type Method = (...args: readonly unknown[]) => unknown;
type HoldsBack = (message: object) => boolean;

/**
 * Watches `ack`, `retry`, `ackAll` and `retryAll` by shadowing them on the objects themselves; each is called on its own object with
 * the same arguments, at once, except a retry that is held back; beside one, `ackAll` and `retryAll` are said message by message.
 * @param holdsBack whether the retry of a message waits until somebody has tried to put the message aside; such a retry is always
 * released or replaced by an acknowledgement before the handler's end is told to the platform
 */
export function watchBatch(batch: unknown, holdsBack: HoldsBack): BatchWatch {
  const startedMs = performance.now();
  const messages = messagesOf(batch).map((message) => watchMessage(message, startedMs, holdsBack));
  if (typeof batch === "object" && batch !== null) watchAll(batch, messages, startedMs, holdsBack);
  return { messages, elapsedMs: () => performance.now() - startedMs };
}

/** Hands the platform a retry that was held back. */
export function release(watched: WatchedMessage): void {
  const retry = watched.held;
  watched.held = undefined;
  retry?.();
}

/** Hands the platform every retry that was held back: without it the message would count as acknowledged. */
export function releaseAll({ messages }: BatchWatch): void {
  for (const watched of messages) release(watched);
}

/** Acknowledges a message in the place of a retry that was held back, or of none. */
export function acknowledge(watched: WatchedMessage): void {
  watched.held = undefined;
  if (watched.ack) Reflect.apply(watched.ack, watched.message, []);
}

function watchMessage(message: object, startedMs: number, holdsBack: HoldsBack): WatchedMessage {
  const ack = methodOf(message, "ack");
  const retry = methodOf(message, "retry");
  const watched: WatchedMessage = { message, decision: undefined, durationMs: 0, held: undefined, ack, retry };
  if (ack) {
    shadow(message, "ack", (...args) => {
      decide(watched, "ok", startedMs);
      return watched.held ? undefined : Reflect.apply(ack, message, args);
    });
  }
  if (retry) shadow(message, "retry", (...args) => retried(watched, args, startedMs, holdsBack));
  return watched;
}

function retried(watched: WatchedMessage, args: readonly unknown[], startedMs: number, holdsBack: HoldsBack): unknown {
  const { message, retry } = watched;
  const isFirst = watched.decision === undefined;
  decide(watched, "retried", startedMs);
  if (retry === undefined) return undefined;
  if (!isFirst || !holdsBack(message)) return watched.held ? undefined : Reflect.apply(retry, message, args);
  watched.held = () => Reflect.apply(retry, message, args);
  return undefined;
}

function watchAll(batch: object, messages: readonly WatchedMessage[], startedMs: number, holdsBack: HoldsBack): void {
  const ackAll = methodOf(batch, "ackAll");
  const retryAll = methodOf(batch, "retryAll");
  if (ackAll) {
    shadow(batch, "ackAll", (...args) => {
      const undecided = messages.filter(({ decision }) => decision === undefined);
      for (const watched of undecided) decide(watched, "ok", startedMs);
      if (!messages.some(isHeld)) return Reflect.apply(ackAll, batch, args);
      // After its ackAll the platform takes no retry any more, and the one that is held back would be lost.
      for (const watched of undecided) acknowledge(watched);
      return undefined;
    });
  }
  if (retryAll) {
    shadow(batch, "retryAll", (...args) => {
      const undecided = messages.filter(({ decision }) => decision === undefined);
      if (!messages.some(isHeld) && !undecided.some(({ message }) => holdsBack(message))) {
        for (const watched of undecided) decide(watched, "retried", startedMs);
        return Reflect.apply(retryAll, batch, args);
      }
      // Some may be put aside, which the platform does not allow after its retryAll: each is retried on its own, which it treats alike.
      for (const watched of undecided) retried(watched, args, startedMs, holdsBack);
      return undefined;
    });
  }
}

function isHeld({ held }: WatchedMessage): boolean {
  return held !== undefined;
}

function decide(watched: WatchedMessage, decision: "ok" | "retried", startedMs: number): void {
  if (watched.decision !== undefined) return;
  watched.decision = decision;
  watched.durationMs = performance.now() - startOf(watched.message, startedMs);
}

function shadow(target: object, name: string, watched: Method): void {
  // A frozen object answers false: what is decided on it is then not seen.
  Reflect.defineProperty(target, name, { value: watched, configurable: true, writable: true });
}

function methodOf(target: object, name: string): Method | undefined {
  const method = propertyOf(target, name);
  return isMethod(method) ? method : undefined;
}

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

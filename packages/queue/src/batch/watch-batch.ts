import { propertyOf } from "@monotask/telemetry";
import { messagesOf } from "./message.ts";
import { startOf } from "./starts.ts";

/** What a consumer decided about one message. */
export interface Decision {
  readonly kind: "ok" | "retried";
  /** Real milliseconds from the start of the work on the message. */
  readonly durationMs: number;
}

/** The decisions of a batch as they fall. */
export interface BatchWatch {
  readonly messages: readonly object[];
  /** The decision on a message; undefined while there is none. */
  decisionOn(message: object): Decision | undefined;
  /** Hands the platform a retry that was held back. */
  release(message: object): void;
  /** Hands the platform every retry that was held back: without it the message would count as acknowledged. */
  releaseAll(): void;
  /** Acknowledges a message in the place of a retry that was held back, or of none. */
  acknowledge(message: object): void;
  /** Real milliseconds since the batch began. */
  elapsedMs(): number;
}

type Method = (...args: readonly unknown[]) => unknown;

/**
 * Watches `ack`, `retry`, `ackAll` and `retryAll` by shadowing them on the objects themselves; each is called on its own object with
 * the same arguments, at once, except a retry that is held back.
 * @param holdsBack whether the retry of a message waits until somebody has tried to put the message aside; such a retry is always
 * released or replaced by an acknowledgement before the handler's end is told to the platform
 */
export function watchBatch(batch: unknown, holdsBack: (message: object) => boolean): BatchWatch {
  const startedMs = performance.now();
  const messages = messagesOf(batch);
  const decisions = new Map<object, Decision>();
  const held = new Map<object, () => void>();
  const originals = new Map<object, Method>();

  const decide = (message: object, kind: Decision["kind"]): void => {
    // As on the platform, the first decision counts.
    if (!decisions.has(message)) decisions.set(message, { kind, durationMs: sinceMs(startOf(message, startedMs)) });
  };

  for (const message of messages) {
    const ack = methodOf(message, "ack");
    if (ack) originals.set(message, ack);
    shadow(message, "ack", (call) => {
      decide(message, "ok");
      return held.has(message) ? undefined : call();
    });
    shadow(message, "retry", (call) => {
      const isFirst = !decisions.has(message);
      decide(message, "retried");
      if (!isFirst || !holdsBack(message)) return held.has(message) ? undefined : call();
      held.set(message, call);
      return undefined;
    });
  }
  if (typeof batch === "object" && batch !== null) {
    shadow(batch, "ackAll", (call) => {
      for (const message of messages) decide(message, "ok");
      return call();
    });
    shadow(batch, "retryAll", (call, args) => {
      const undecided = messages.filter((message) => !decisions.has(message));
      for (const message of undecided) decide(message, "retried");
      if (!undecided.some(holdsBack)) return call();
      // Some may be put aside, so each is retried on its own: the platform treats both alike.
      for (const message of undecided) {
        const retry = (): unknown => Reflect.apply(methodOf(message, "retry") ?? nothing, message, args);
        if (holdsBack(message)) held.set(message, retry);
        else retry();
      }
      return undefined;
    });
  }

  const release = (message: object): void => {
    const retry = held.get(message);
    held.delete(message);
    retry?.();
  };

  return {
    messages,
    decisionOn: (message) => decisions.get(message),
    release,
    releaseAll() {
      for (const message of messages) release(message);
    },
    acknowledge(message) {
      held.delete(message);
      const ack = originals.get(message);
      if (ack) Reflect.apply(ack, message, []);
    },
    elapsedMs: () => sinceMs(startedMs),
  };
}

function shadow(target: object, name: string, replace: (call: () => unknown, args: readonly unknown[]) => unknown): void {
  const method = methodOf(target, name);
  if (!method) return;
  const watched: Method = (...args) => replace(() => Reflect.apply(method, target, args), args);
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

function nothing(): undefined {
  return undefined;
}

function sinceMs(startedMs: number): number {
  return performance.now() - startedMs;
}

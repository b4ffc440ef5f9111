import { shadow, watch } from "./watch.ts";
import { currentScope } from "../scope/current.ts";
import type { Scope } from "../scope/scope.ts";

/** Counts the messages that are sent to a queue. */
export function instrumentQueue(queue: object): void {
  watch(queue, "send", ({ scope }) => {
    scope.usage.queueSends += 1;
    return undefined;
  });
  shadow(
    queue,
    "sendBatch",
    (original) =>
      function (this: unknown, ...args) {
        const scope = currentScope();
        const [messages, ...rest] = args;
        if (!scope || !isIterable(messages)) return Reflect.apply(original, this, args);
        return Reflect.apply(original, this, [counted(messages, scope), ...rest]);
      },
  );
}

/** The same messages, counted while they are taken: an iterable may give them only once. */
function counted(messages: Iterable<unknown>, scope: Scope): Iterable<unknown> {
  return {
    *[Symbol.iterator]() {
      for (const message of messages) {
        scope.usage.queueSends += 1;
        yield message;
      }
    },
  };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** What has been opened, to be closed in the opposite order. */
export interface Closers {
  /** Waits for a thing to open and remembers how to close it. */
  keep<T>(opening: Promise<T>, close: (thing: T) => Promise<void>): Promise<T>;
  /** Closes everything, the last one first. Safe to call twice. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const closers: (() => Promise<void>)[] = [];
  return {
    async keep(opening, close) {
      const thing = await opening;
      closers.push(() => close(thing));
      return thing;
    },
    async closeAll() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

/**
 * Waits for all, also after a failure, so that what opens late can still be closed.
 * @throws the first failure
 */
export async function allSettled(openings: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(openings);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

/**
 * What is made when it is first asked for, and kept: a table of patterns that only errors need takes no time of an isolate's start.
 * @param make gives the same whenever it is called
 */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Results that are remembered of one function. */
const REMEMBERED = 128;
/** A longer text seldom comes again: a megabyte at most for each function. */
const MAX_REMEMBERED_LENGTH = 4_096;

/**
 * What a pure function gives for a text, remembered for a while: an error's texts go into its point, its log line and its alert, and an
 * error seldom comes alone.
 */
export function recall<T extends object | string>(known: Map<string, T>, text: string, compute: () => T): T {
  if (text.length > MAX_REMEMBERED_LENGTH) return compute();
  const found = known.get(text);
  if (found !== undefined) return found;
  const result = compute();
  if (known.size >= REMEMBERED) known.clear();
  known.set(text, result);
  return result;
}

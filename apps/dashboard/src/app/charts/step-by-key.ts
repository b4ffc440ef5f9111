/**
 * The step that a key leads to from the one that is pointed at: one to the side, or the first and the last of them. Undefined for a key
 * that leads nowhere, and where there are no steps.
 * @param at the step that is pointed at; undefined for none, where either arrow begins at its own end
 */
export function stepByKey(key: string, at: number | undefined, count: number): number | undefined {
  const last = count - 1;
  if (last < 0) return undefined;
  switch (key) {
    case "ArrowLeft":
      return at === undefined ? last : Math.max(0, at - 1);
    case "ArrowRight":
      return at === undefined ? 0 : Math.min(last, at + 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

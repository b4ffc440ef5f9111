/** A reason for not starting or for ending, in words for the person at the terminal: what, and how to fix it. */
export class StackError extends Error {
  override name = "StackError";
}

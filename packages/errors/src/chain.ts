import { propertyOf } from "@monotask/telemetry";
import { describeError, type ErrorShape } from "./describe-error.ts";

/** An error that stands behind another one. */
export interface RelatedError extends ErrorShape {
  readonly relation: "cause" | "member";
}

export interface ErrorChain {
  readonly outermost: ErrorShape;
  /** Causes and members of aggregates, nearest first: at most ten, each once. */
  readonly related: readonly RelatedError[];
  /** Errors that an aggregate has and `related` leaves out. */
  readonly leftOut: number;
}

/** Enough to see the root cause: chains of more are loops of retries, and an aggregate of thousands says one thing. */
const MAX_RELATED = 10;
const MAX_MEMBERS = 5;

/** A thrown value with what stands behind it. Never throws and never takes long, whatever the breadth, depth or cycles. */
export function describeChain(thrown: unknown): ErrorChain {
  const seen = new Set<unknown>([thrown]);
  const waiting: unknown[] = [thrown];
  const related: RelatedError[] = [];
  let leftOut = 0;
  while (waiting.length > 0) {
    const value = waiting.shift();
    add(propertyOf(value, "cause"), "cause");
    const members = propertyOf(value, "errors");
    const count = lengthOf(members);
    for (let at = 0; at < Math.min(count, MAX_MEMBERS); at += 1) add(propertyOf(members, String(at)), "member");
    leftOut += Math.max(0, count - MAX_MEMBERS);
  }
  return { outermost: describeError(thrown), related, leftOut };

  function add(value: unknown, relation: RelatedError["relation"]): void {
    if (value === undefined || value === null || seen.has(value) || related.length >= MAX_RELATED) return;
    seen.add(value);
    related.push({ ...describeError(value), relation });
    waiting.push(value);
  }
}

function lengthOf(members: unknown): number {
  const length = typeof members === "object" ? propertyOf(members, "length") : 0;
  return typeof length === "number" && length > 0 ? Math.floor(length) : 0;
}

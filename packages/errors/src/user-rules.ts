import { SEVERITIES, type Severity } from "@monotask/alerts";
import type { ErrorCategory } from "./category.ts";
import type { ErrorShape } from "./describe-error.ts";

/** Parts of an error, all of which must hold. A text must be the whole name or code, or stand in the message. */
export interface ErrorPattern {
  readonly name?: string | RegExp;
  readonly code?: string | RegExp;
  readonly message?: string | RegExp;
  readonly status?: number;
}

/**
 * A user's rule. It holds where the error, or one of those behind it, matches; a text or a RegExp is looked for in name, code and
 * message. What the rule leaves out is found as usual.
 */
export interface ClassifyRule {
  readonly match: string | RegExp | ErrorPattern | ((error: ErrorShape, thrown: unknown) => boolean);
  readonly severity?: Severity;
  readonly category?: ErrorCategory | (string & {});
}

/** The first rule that holds. A rule without a match, a function that throws, and a severity that is none count as not written. */
export function ruleFor(rules: readonly ClassifyRule[], chain: readonly ErrorShape[], thrown: unknown): ClassifyRule | undefined {
  const rule = rules.find((candidate) => {
    try {
      return chain.some((shape) => holds(candidate.match, shape, thrown));
    } catch {
      return false;
    }
  });
  if (rule?.severity === undefined || SEVERITIES.includes(rule.severity)) return rule;
  const { severity: _unknown, ...rest } = rule;
  return rest;
}

function holds(match: ClassifyRule["match"], shape: ErrorShape, thrown: unknown): boolean {
  const { name, message, code = "", statusCode, upstreamStatus } = shape;
  if (typeof match === "function") return match(shape, thrown);
  if (typeof match === "string") return name === match || code === match || message.includes(match);
  if (match instanceof RegExp) return [name, code, message].some((text) => isIn(match, text));
  return (
    fits(match.name, name) &&
    fits(match.code, code) &&
    (typeof match.message === "string" ? message.includes(match.message) : fits(match.message, message)) &&
    (match.status === undefined || match.status === (statusCode ?? upstreamStatus))
  );
}

function fits(wanted: string | RegExp | undefined, text: string): boolean {
  return wanted === undefined || (typeof wanted === "string" ? wanted === text : isIn(wanted, text));
}

/** Not `test`, which remembers its place in a global expression. */
function isIn(pattern: RegExp, text: string): boolean {
  return text.search(pattern) >= 0;
}

import type { AlertSignal } from "./signal.ts";

/** A condition on one label, or on `name`. A value may hold `*` for any text. */
export interface Matcher {
  label: string;
  op: "=" | "!=";
  value: string;
}

/** Why a text is no matcher, and how to write it. */
export interface MatcherError {
  code: "matcher-syntax" | "matcher-matches-all" | "matcher-missing";
  message: string;
}

const MAX_VALUE_LENGTH = 200;

/** Reads `worker=api-*` or `name!=slo:*`. */
export function parseMatcher(text: string): Matcher | MatcherError {
  const parts = /^\s*([A-Za-z_][\w.-]*)\s*(!?=)\s*(.*?)\s*$/.exec(text);
  const [, label, op, value] = parts ?? [];
  if (label === undefined || value === undefined || value.length > MAX_VALUE_LENGTH) {
    return {
      code: "matcher-syntax",
      message: `"${text.slice(0, 80)}" is no matcher: write label=value or label!=value, * stands for any text`,
    };
  }
  return { label, op: op === "!=" ? "!=" : "=", value };
}

/** Reads a list of matchers, all of which have to hold; at least one must not match an alert that lacks the label. */
export function parseMatchers(texts: readonly string[]): Matcher[] | MatcherError {
  const matchers: Matcher[] = [];
  for (const text of texts) {
    const parsed = parseMatcher(text);
    if ("code" in parsed) return parsed;
    matchers.push(parsed);
  }
  if (matchers.length === 0) {
    return { code: "matcher-missing", message: "name at least one matcher, such as worker=api-gateway" };
  }
  if (matchers.every((matcher) => holds(matcher, ""))) {
    return {
      code: "matcher-matches-all",
      message: "these matchers match every alert: add one with a value, such as worker=api-gateway",
    };
  }
  return matchers;
}

/** True when every matcher holds. A label that an alert lacks counts as empty. */
export function matches(matchers: readonly Matcher[], signal: Pick<AlertSignal, "name" | "labels">): boolean {
  return matchers.every((matcher) => holds(matcher, labelOf(signal, matcher.label)));
}

/** A label's value, `name` for the alert's name, empty where there is none. */
export function labelOf(signal: Pick<AlertSignal, "name" | "labels">, label: string): string {
  return label === "name" ? signal.name : (signal.labels[label] ?? "");
}

/** Matchers as people write them. */
export function matchersText(matchers: readonly Matcher[]): string {
  return matchers.map(({ label, op, value }) => `${label}${op}${value}`).join(" ");
}

function holds({ op, value }: Matcher, actual: string): boolean {
  return globMatches(value, actual) === (op === "=");
}

/** Linear: each piece between stars is looked for once, from left to right. */
function globMatches(glob: string, text: string): boolean {
  const pieces = glob.split("*");
  const [head = "", ...rest] = pieces;
  const tail = rest.pop();
  if (tail === undefined) return glob === text;
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
  let at = head.length;
  const end = text.length - tail.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

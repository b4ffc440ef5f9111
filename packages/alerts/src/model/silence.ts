import { matchersText, parseMatchers, type Matcher, type MatcherError } from "./matcher.ts";

/** Alerts that nobody is told of for a while. */
export interface Silence {
  id: string;
  matchers: Matcher[];
  /** Epoch ms. */
  fromMs: number;
  untilMs: number;
  by: string;
  why: string;
  createdAtMs: number;
  /** Epoch ms at which it began to hold back. */
  startedAtMs?: number;
  /** Epoch ms at which people were warned that it ends soon. */
  warnedAtMs?: number;
}

/** What somebody asks to silence. */
export interface SilenceRequest {
  /** `worker=api-gateway`, `name!=slo:*`; all of them have to hold. */
  matchers: string[];
  /** Epoch ms; now when absent. */
  fromMs?: number;
  /** Epoch ms. */
  untilMs: number;
  by: string;
  why: string;
}

/** Why a silence cannot be, and how to ask for it. */
export type SilenceError =
  MatcherError | { code: "silence-too-long" | "silence-over" | "silence-without-reason"; message: string };

/** The longest a silence lasts: what is meant for ever is a change of the rules. */
export const MAX_SILENCE_MS: number = 7 * 24 * 3_600_000;
const MAX_TEXT = 300;

/** Checks a request. */
export function silenceFrom(id: string, request: SilenceRequest, nowMs: number): Silence | SilenceError {
  const matchers = parseMatchers(request.matchers);
  if (!Array.isArray(matchers)) return matchers;
  const fromMs = Math.max(request.fromMs ?? nowMs, nowMs);
  if (!(request.untilMs > fromMs)) {
    return { code: "silence-over", message: "the silence ends before it begins: give a later end, or a duration such as 2h" };
  }
  if (request.untilMs - fromMs > MAX_SILENCE_MS) {
    return {
      code: "silence-too-long",
      message: "a silence lasts at most 7 d: shorten it, or change the rule that is never to be heard",
    };
  }
  if (request.by.trim() === "" || request.why.trim() === "") {
    return { code: "silence-without-reason", message: "say who silences and why: whoever is on call next reads it" };
  }
  return {
    id,
    matchers,
    fromMs,
    untilMs: request.untilMs,
    by: request.by.trim().slice(0, MAX_TEXT),
    why: request.why.trim().slice(0, MAX_TEXT),
    createdAtMs: nowMs,
  };
}

/** True while it holds back. */
export function isActive(silence: Silence, nowMs: number): boolean {
  return silence.fromMs <= nowMs && nowMs < silence.untilMs;
}

/** `worker=api, by kim: migration`. */
export function silenceText(silence: Silence): string {
  return `${matchersText(silence.matchers)}, by ${silence.by}: ${silence.why}`;
}

import { propertyOf } from "@monotask/telemetry";
import type { ExitReason } from "./sandbox.ts";

/** What a command's result or error says of its end. */
export interface Exit {
  readonly reason: ExitReason;
  readonly exitCode?: number;
}

/** 128 + SIGKILL: what a container gives when it runs out of memory. */
const OUT_OF_MEMORY = 137;
/** 128 + SIGTERM. */
const TERMINATED = 143;

/**
 * How a command ended, read from what platforms answer or throw: `exitCode` or `containerExitCode` as a number, a `reason`, or words
 * of the error. A value that says nothing ended well; an error that says nothing is a crash.
 */
export function exitOf(value: unknown, hasThrown: boolean): Exit {
  const code = codeOf(value);
  const withCode = code === undefined ? {} : { exitCode: code };
  if (code === OUT_OF_MEMORY || /exceeded\s?memory|out of memory|\boom\b/i.test(wordsOf(value, hasThrown))) {
    return { reason: "oom", ...withCode };
  }
  if (code === TERMINATED) return { reason: "sigterm", ...withCode };
  if (hasThrown && isTimeout(value)) return { reason: "timeout", ...withCode };
  if (hasThrown || (code !== undefined && code !== 0)) return { reason: "crash", ...withCode };
  return { reason: "finished", ...withCode };
}

function codeOf(value: unknown): number | undefined {
  const code = propertyOf(value, "exitCode") ?? propertyOf(value, "containerExitCode");
  return typeof code === "number" ? code : undefined;
}

function wordsOf(value: unknown, hasThrown: boolean): string {
  const words = [propertyOf(value, "reason"), hasThrown ? propertyOf(value, "message") : undefined];
  return words
    .filter((word) => typeof word === "string")
    .join(" ")
    .slice(0, 512);
}

function isTimeout(value: unknown): boolean {
  const name = propertyOf(value, "name");
  return name === "TimeoutError" || name === "ProcessReadyTimeoutError";
}

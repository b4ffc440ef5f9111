import { createLogger, NoAnswerError, readSettings, scrubText } from "@monotask/telemetry";
import type { Context } from "hono";

/** What a caller is told where a route failed: 504 for a peer that hangs, 500 for all else. Only who has the token hears why. */
export function failure(error: Error, c: Context, env: Env): Response {
  const { logLevel: level, clock } = readSettings(env);
  createLogger({ workerName: "monotask-evaluator", level, clock }).error("a request failed", { path: c.req.path, error });
  const why = c.req.path.startsWith("/api/v1/") ? `: ${scrubText(error.message)}` : "";
  const isHanging = error instanceof NoAnswerError;
  const fix = isHanging ? "what was asked for may still happen; look, then try again" : "try again, and look at its logs";
  return c.json({ error: `the evaluator could not answer${why}; ${fix}` }, isHanging ? 504 : 500);
}

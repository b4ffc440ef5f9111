import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** One thing that is wrong with the input, at a path such as `title`. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

interface ProblemParts {
  readonly status: ContentfulStatusCode;
  /** Stable, for programs: `task_not_found`. */
  readonly code: string;
  /** For people: what is wrong and what to do. */
  readonly message: string;
  readonly issues?: readonly InputIssue[];
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** A failure that has an answer: handlers throw it, `answerError` turns it into JSON. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly issues: readonly InputIssue[];
  readonly retryAfterS: number | undefined;

  constructor(parts: ProblemParts) {
    super(parts.message, { cause: parts.cause });
    this.status = parts.status;
    this.code = parts.code;
    this.issues = parts.issues ?? [];
    this.retryAfterS = parts.retryAfterS;
  }
}

export function notFound(kind: string, id: string): Problem {
  return new Problem({ status: 404, code: `${kind}_not_found`, message: `There is no ${kind} with the id "${id}".` });
}

/** The JSON answer to anything a handler threw. An unknown error says nothing about its inside: the details go to the monitoring. */
export function answerError(error: unknown, c: Context): Response {
  if (!(error instanceof Problem)) {
    return c.json({ error: { code: "internal_error", message: "Something went wrong on our side. Try again." } }, 500);
  }
  if (error.retryAfterS !== undefined) c.header("retry-after", String(error.retryAfterS));
  const issues = error.issues.length > 0 ? { issues: error.issues } : {};
  return c.json({ error: { code: error.code, message: error.message, ...issues } }, error.status);
}

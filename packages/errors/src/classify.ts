import type { Severity } from "@monotask/alerts";
import { categoryFacts, type ErrorCategory } from "./category.ts";
import { describeError, type ErrorShape } from "./describe-error.ts";

export interface Classification {
  readonly severity: Severity;
  readonly category: ErrorCategory;
}

/**
 * Severity and category of any thrown value. Never throws. The status an error asks for decides first, since whoever set it knew;
 * then its name and message. An error that asks for 4xx is the caller's, so it is info.
 */
export function classifyError(value: unknown): Classification {
  return classifyShape(describeError(value));
}

/** The same for a value that has been described already. */
export function classifyShape(shape: ErrorShape): Classification {
  const category = categoryOf(shape);
  const isCallers = shape.statusCode !== undefined && shape.statusCode < 500;
  return { category, severity: isCallers ? "info" : categoryFacts[category].severity };
}

const BY_STATUS: Readonly<Record<number, ErrorCategory>> = {
  400: "validation",
  401: "auth",
  403: "auth",
  404: "not-found",
  408: "timeout",
  410: "not-found",
  413: "validation",
  415: "validation",
  422: "validation",
  429: "rate-limit",
  499: "client-disconnect",
  502: "external-api",
  504: "timeout",
};

const BY_NAME: readonly (readonly [RegExp, ErrorCategory])[] = [
  [/^(?:ZodError|ValiError|ValidationError|SchemaError)$/, "validation"],
  [/^TimeoutError$/, "timeout"],
  [/^(?:D1|Database|Sql|Drizzle|Prisma)\w{0,40}Error$/i, "database"],
  [/^(?:Sandbox)\w{0,40}Error$/i, "sandbox"],
  [/^(?:Queue)\w{0,40}Error$/i, "queue"],
  [/^(?:Unauthori[sz]ed|Forbidden|Authentication|Authorization)\w{0,40}$/i, "auth"],
  [/^NotFound\w{0,40}$/i, "not-found"],
  [/^RateLimit\w{0,40}$/i, "rate-limit"],
];

/** Most telling first: "D1_ERROR: query timed out" is the database's. Platform messages are quoted from Cloudflare's error pages. */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorCategory])[] = [
  [/exceeded (?:cpu|memory)|cpu (?:time )?limit|memory limit|out of memory|resource limits?/i, "cpu-memory"],
  [/\bD1_|\bD1 |\bsqlite|\bSQLITE_|\bdatabase\b|\bsql\b/i, "database"],
  [/client disconnected|connection closed by client|request was (?:aborted|cancell?ed)/i, "client-disconnect"],
  [/\bsandbox\b|\bcontainer\b/i, "sandbox"],
  [/\bqueue\b|dead letter/i, "queue"],
  [/timed? ?out|deadline exceeded/i, "timeout"],
  [/rate limit|too many (?:requests|subrequests)|quota exceeded/i, "rate-limit"],
  [/unauthori[sz]ed|forbidden|invalid (?:token|credentials)|permission denied/i, "auth"],
  [/validation failed|invalid (?:input|request|body|payload)|is required\b/i, "validation"],
  [
    /github|claude|anthropic|upstream|fetch failed|network connection lost|external api|internal error; reference/i,
    "external-api",
  ],
  [/\bnot found\b/i, "not-found"],
];

function categoryOf(shape: ErrorShape): ErrorCategory {
  const byStatus = shape.statusCode === undefined ? undefined : BY_STATUS[shape.statusCode];
  if (byStatus) return byStatus;
  const byName = BY_NAME.find(([pattern]) => pattern.test(shape.name))?.[1];
  if (byName) return byName;
  const text = `${shape.code ?? ""} ${shape.message.slice(0, 1_024)}`;
  return BY_MESSAGE.find(([pattern]) => pattern.test(text))?.[1] ?? "unknown";
}

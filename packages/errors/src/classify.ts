import type { Severity } from "@monotask/alerts";
import { once, recall } from "@monotask/telemetry";
import { severityOf, type ErrorCategory } from "./category.ts";
import { describeChain, type ErrorChain } from "./chain.ts";
import type { ErrorShape } from "./describe-error.ts";
import { ruleFor, type ClassifyRule } from "./user-rules.ts";

export interface Classification {
  readonly severity: Severity;
  /** A category of ours, or one that a user's rule gave. */
  readonly category: ErrorCategory | (string & {});
}

/**
 * Severity and category of any thrown value. Never throws. Users' rules come first; then the status that an error asks for, since
 * whoever set it knew; then class, code and the platform's own messages, along the whole chain of causes; then words. An error that
 * asks for 4xx is the caller's, so it is info; a 4xx that another service answered is ours.
 */
export function classifyError(value: unknown, rules: readonly ClassifyRule[] = []): Classification {
  return classifyChain(value, describeChain(value), rules, () => false);
}

/**
 * The same for a value that has been described already.
 * @param isCallerGone whether the caller has hung up: what is aborted then is no timeout. Asked only of an `AbortError`
 */
export function classifyChain(
  thrown: unknown,
  { outermost, related }: ErrorChain,
  rules: readonly ClassifyRule[],
  isCallerGone: () => boolean,
): Classification {
  const chain = [outermost, ...related];
  const rule = ruleFor(rules, chain, thrown);
  const found = automatic(chain, isCallerGone);
  const category = rule?.category ?? found.category;
  const isCallers = outermost.statusCode !== undefined && outermost.statusCode < 500;
  const usual = rule?.category === undefined ? found.severity : undefined;
  return { category, severity: rule?.severity ?? (isCallers ? "info" : (usual ?? severityOf(category))) };
}

interface Found {
  readonly category: ErrorCategory;
  /** Where it differs from the category's own. */
  readonly severity?: Severity | undefined;
}

function automatic(chain: readonly ErrorShape[], isCallerGone: () => boolean): Found {
  const own = chain[0]?.statusCode;
  const byStatus = own === undefined ? undefined : BY_STATUS[own];
  if (byStatus) return { category: byStatus };
  if (chain.some(({ name }) => name === "AbortError") && isCallerGone()) return { category: "client-disconnect" };
  return firstFound(chain, byEvidence) ?? firstFound(chain, byWords) ?? { category: "unknown" };
}

function firstFound(chain: readonly ErrorShape[], find: (shape: ErrorShape) => Found | undefined): Found | undefined {
  for (const shape of chain) {
    const found = find(shape);
    if (found) return found;
  }
  return undefined;
}

/** What only one thing can mean: a status of another service, a class, a code, a message of the platform. */
function byEvidence(shape: ErrorShape): Found | undefined {
  const { upstreamStatus } = shape;
  // Info would hide that our own token or quota is at its end.
  if (upstreamStatus !== undefined) {
    const category = BY_STATUS[upstreamStatus] ?? "external-api";
    return { category: ASKS_OF_US.includes(category) ? category : "external-api", severity: "warning" };
  }
  if (shape.isOverloaded) return { category: "database" };
  const text = `${shape.name}\n${shape.code ?? ""}\n${shape.message.slice(0, 1_024)}`;
  return match(evidence, evidenceOf, text);
}

function byWords(shape: ErrorShape): Found | undefined {
  return match(words, wordsOf, shape.message.slice(0, 1_024));
}

/** An error seldom comes alone: what the patterns of a table say of a text is remembered. */
function match(table: () => readonly Row[], known: Map<string, Row | []>, text: string): Found | undefined {
  const [, category, severity] = recall(known, text, () => table().find(([pattern]) => pattern.test(text)) ?? []);
  return category && { category, severity };
}

const evidenceOf = new Map<string, Row | []>();
const wordsOf = new Map<string, Row | []>();

/** Categories that keep their meaning when another service answers with their status. */
const ASKS_OF_US: readonly ErrorCategory[] = ["auth", "rate-limit", "timeout"];

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

type Row = readonly [pattern: RegExp, category: ErrorCategory, severity?: Severity];

/**
 * Tested on class, code and message, a line each. Messages are Cloudflare's: D1 and KV error pages, R2's error codes, Queues,
 * Durable Objects' error handling and the runtime's limits.
 */
const evidence = once((): readonly Row[] => [
  [
    /exceeded (?:its )?(?:cpu|memory)|isolate exceeded|(?:cpu|memory) (?:time )?limit|out of memory|too many subrequests/i,
    "cpu-memory",
  ],
  [/^D1_|\nD1_|^(?:D1|Database|Sql|Drizzle|Prisma|Postgres|MySQL)\w{0,40}Error\n|\nSQLITE_|: SQLITE_/i, "database"],
  [/^(?:Zod|Vali|Validation|Schema|HTTPValidation)Error\n/, "validation"],
  [/^(?:Unauthori[sz]ed|Forbidden|Authentication|Authorization|PermissionDenied)\w{0,40}\n/i, "auth"],
  [/^NotFound\w{0,40}\n|\nget: .*\(10007\)/i, "not-found"],
  [/^RateLimit\w{0,40}\n/i, "rate-limit"],
  [/\nKV (?:GET|PUT|DELETE|LIST)\w* failed: 429|\((?:10058)\)$/i, "rate-limit", "warning"],
  [
    /\nKV (?:GET|PUT|DELETE|LIST)\w* failed|\n(?:get|put|head|list|delete|\w+MultipartUpload|uploadPart): .*\(1\d{4}\)$/i,
    "database",
  ],
  [/\nQueue send\w* failed|^Queue\w{0,40}Error\n/i, "queue"],
  [/^Sandbox\w{0,40}Error\n/i, "sandbox"],
  [/durable object (?:storage|is overloaded|reset because)|in durable object storage|cannot resolve durable object/i, "database"],
  [/^(?:TimeoutError|AbortError|TaskCancelledError)\n|\n(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_\w+_TIMEOUT)\n/, "timeout"],
  [
    /^(?:BrokenCircuit|IsolatedCircuit)Error\n|\n(?:ECONN(?:REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|EPIPE|UND_ERR_SOCKET)\n/,
    "external-api",
  ],
]);

/** Most telling first: "database query timed out" is the database's. */
const words = once((): readonly Row[] => [
  [/\bD1 |\bsqlite|\bdatabase\b|\bsql\b/i, "database"],
  [/client disconnected|connection closed by client|request was (?:aborted|cancell?ed)/i, "client-disconnect"],
  [/\bsandbox\b|\bcontainer\b/i, "sandbox"],
  [/\bqueue\b|dead letter/i, "queue"],
  [/timed? ?out|deadline exceeded/i, "timeout"],
  [/rate limit|too many requests|quota exceeded/i, "rate-limit"],
  [/unauthori[sz]ed|forbidden|invalid (?:token|credentials)|permission denied/i, "auth"],
  [/validation failed|invalid (?:input|request|body|payload)|is required\b/i, "validation"],
  [
    /github|claude|anthropic|upstream|fetch failed|network connection lost|external api|internal error; reference/i,
    "external-api",
  ],
  [/\bnot found\b/i, "not-found"],
]);

import {
  fingerprint,
  hash64,
  plainCopy,
  plainText,
  propertyOf,
  scrubText,
  truncateBytes,
  type Settings,
} from "@monotask/telemetry";
import { breadcrumbsOf, type LeftBreadcrumb } from "./breadcrumbs.ts";
import { describeChain, type ErrorChain } from "./chain.ts";
import { classifyChain } from "./classify.ts";
import type { ErrorShape } from "./describe-error.ts";
import { fitted } from "./fit.ts";
import type { ErrorDetails, MonitoringError } from "./monitoring-error.ts";
import { requestContextOf } from "./request-context.ts";
import type { ClassifyRule } from "./user-rules.ts";

export interface Description {
  readonly workerName: string;
  readonly settings: Pick<Settings, "clock" | "version">;
  readonly classify?: readonly ClassifyRule[];
  /** Names the group of an error; undefined leaves it to class, message and functions. */
  readonly fingerprint?: (error: ErrorShape, thrown: unknown) => string | undefined;
  readonly captureStackTraces?: boolean;
}

/** Describes a thrown value and the request in which it was thrown. Never throws. */
export function monitoringErrorOf(
  thrown: unknown,
  request: Request | undefined,
  details: ErrorDetails,
  how: Description,
): MonitoringError {
  const chain = describeChain(thrown);
  const { outermost, related, leftOut } = chain;
  const isCallerGone = (): boolean => propertyOf(propertyOf(request, "signal"), "aborted") === true;
  const context = requestContextOf(request, textAt(details, "endpoint"));
  const breadcrumbs = breadcrumbsOf(request).map(scrubbedBreadcrumb);
  const hasStacks = how.captureStackTraces !== false;
  return fitted({
    ...scrubbedShape(outermost, 2_048, hasStacks ? 4_096 : 0),
    ...classifyChain(thrown, chain, how.classify ?? [], isCallerGone),
    workerName: how.workerName,
    version: how.settings.version,
    fingerprint: fingerprintIn(chain, groupOf(outermost, thrown, details, how)),
    requestId: label(textAt(details, "requestId") ?? context?.ray),
    endpoint: label(textAt(details, "endpoint") ?? context?.route),
    method: label(context?.method ?? textAt(request, "method")),
    operation: label(textAt(details, "operation")),
    timestamp: how.settings.clock.now(),
    user: userOf(details),
    related: unlessEmpty(related.map((one) => ({ ...scrubbedShape(one, 400, hasStacks ? 400 : 0), relation: one.relation }))),
    leftOut: leftOut || undefined,
    request: context,
    breadcrumbs: unlessEmpty(breadcrumbs),
    context: recordOf(details, 4_000),
  });
}

/** An aggregate's own words are always the same: its first member says which bug it is. */
function fingerprintIn({ outermost, related }: ErrorChain, group: string | undefined): string {
  if (group !== undefined) return hash64(group);
  const member = related.find(({ relation }) => relation === "member");
  return fingerprint(member ? { ...outermost, message: `${outermost.message} ${member.name} ${member.message}` } : outermost);
}

function groupOf(shape: ErrorShape, thrown: unknown, details: ErrorDetails, how: Description): string | undefined {
  const given = textAt(details, "fingerprint");
  if (given !== undefined) return given;
  try {
    const group = how.fingerprint?.(shape, thrown);
    return typeof group === "string" && group !== "" ? group : undefined;
  } catch {
    return undefined;
  }
}

function scrubbedShape(shape: ErrorShape, messageBytes: number, stackBytes: number): ErrorShape {
  const { name, message, code, stack } = shape;
  return {
    ...shape,
    name: label(name),
    message: scrubbed(message, messageBytes),
    code: code && label(code),
    stack: stack && (scrubbed(stack, stackBytes) || undefined),
  };
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function scrubbedBreadcrumb({ message, category, data, agoMs }: LeftBreadcrumb): LeftBreadcrumb {
  return {
    message: label(message),
    category: category && label(category),
    data: data && recordOf(data, 400),
    agoMs,
  };
}

function userOf(details: ErrorDetails): Record<string, unknown> | undefined {
  const user = propertyOf(details, "user");
  if (typeof user === "object" && user !== null) return recordOf(user, 600);
  const id = textAt(details, "userId") ?? (typeof user === "string" ? user : undefined);
  return id === undefined ? undefined : { id: label(id) };
}

function recordOf(value: unknown, maxCharacters: number): Record<string, unknown> {
  const copy = plainCopy(value, maxCharacters);
  return typeof copy === "object" && copy !== null ? { ...copy } : {};
}

/** A scrubbed text of at most so many bytes. */
function scrubbed(text: string, maxBytes: number): string {
  return truncateBytes(plainText(scrubText(text, 2 * maxBytes)), maxBytes);
}

function label(text: unknown): string {
  return typeof text === "string" ? scrubbed(text, 256) : "";
}

function textAt(value: unknown, name: string): string | undefined {
  const text = propertyOf(value, name);
  return typeof text === "string" && text !== "" ? text : undefined;
}

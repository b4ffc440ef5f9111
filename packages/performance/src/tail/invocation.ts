import { fingerprint, propertyOf, routePattern, scrubText, type PointFields } from "@monotask/telemetry";
import { boundedRoute } from "../request/routes.ts";

/** What the platform writes in place of long ids in a URL, since they may be secrets. */
const REDACTED_ID = /[^/]*REDACTED[^/]*/g;

/** What is read of a trace item; kept structural, since a runtime may know more or fewer fields than its types. */
export type TailedInvocation = unknown;

/** Outcomes that are no failure of the worker. Source: workers-types, `TraceItem.outcome`; unknown ones count as failures. */
const HARMLESS: readonly string[] = ["ok", "canceled", "responseStreamDisconnected"];

export interface ReadInvocation {
  readonly fields: PointFields<"invocation">;
  readonly hasFailed: boolean;
}

/** The point of one invocation that a tail handler was told of. */
export function invocationFields(item: TailedInvocation): ReadInvocation {
  const event = propertyOf(item, "event");
  const request = propertyOf(event, "request");
  const exceptions = listAt(item, "exceptions");
  const levels = listAt(item, "logs").map((log) => textAt(log, "level"));
  const outcome = textAt(item, "outcome") || "unknown";
  const [first] = exceptions;
  const stack = textAt(first, "stack");
  const status = propertyOf(propertyOf(event, "response"), "status");
  return {
    hasFailed: !HARMLESS.includes(outcome) || exceptions.length > 0,
    fields: {
      ...named("workerName", textAt(item, "scriptName")),
      ...named("version", textAt(propertyOf(item, "scriptVersion"), "id")),
      requestId: textAt(propertyOf(request, "headers"), "cf-ray"),
      endpoint: endpointOf(event, request, status, textAt(item, "scriptName")),
      method: textAt(request, "method"),
      statusCode: typeof status === "number" ? String(status) : "",
      eventType: eventTypeOf(event, request),
      outcome,
      entrypoint: textAt(item, "entrypoint"),
      durationMs: numberAt(item, "wallTime"),
      cpuMs: numberAt(item, "cpuTime"),
      exceptionCount: exceptions.length,
      errorName: scrubText(textAt(first, "name")),
      fingerprint:
        first === undefined
          ? ""
          : fingerprint({
              name: textAt(first, "name"),
              message: textAt(first, "message"),
              ...(stack === "" ? {} : { stack }),
            }),
      errorLogCount: levels.filter((level) => level === "error").length,
      warnLogCount: levels.filter((level) => level === "warn").length,
      infoLogCount: levels.filter((level) => level !== "error" && level !== "warn").length,
    },
  };
}

/** A field only where it has a value: an empty one would hide what the writer knows by itself. */
function named(field: "workerName" | "version", text: string): PointFields<"invocation"> {
  return text === "" ? {} : { [field]: text };
}

/** Events carry no name of their kind: each kind has a property of its own. */
function eventTypeOf(event: unknown, request: unknown): string {
  if (request !== undefined) return "fetch";
  if (propertyOf(event, "queue") !== undefined) return "queue";
  if (propertyOf(event, "cron") !== undefined) return "scheduled";
  if (propertyOf(event, "rpcMethod") !== undefined) return "rpc";
  if (propertyOf(event, "mailFrom") !== undefined) return "email";
  if (propertyOf(event, "consumedEvents") !== undefined) return "tail";
  if (propertyOf(event, "getWebSocketEvent") !== undefined) return "websocket";
  return propertyOf(event, "scheduledTime") === undefined ? "other" : "alarm";
}

/** Routes of each worker that is told of. */
const routesOf = new Map<string, Set<string>>();

function endpointOf(event: unknown, request: unknown, status: unknown, scriptName: string): string {
  const url = textAt(request, "url");
  if (url !== "" && URL.canParse(url)) {
    const routes = routesOf.get(scriptName) ?? new Set<string>();
    routesOf.set(scriptName, routes);
    // An id that is redacted is one, as in the request's own point.
    return boundedRoute(routePattern(new URL(url).pathname.replace(REDACTED_ID, "0")), Number(status), routes);
  }
  return textAt(event, "queue") || textAt(event, "cron") || textAt(event, "rpcMethod");
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = propertyOf(value, name);
  return Array.isArray(list) ? list : [];
}

function textAt(value: unknown, name: string): string {
  const text = propertyOf(value, name);
  return typeof text === "string" ? text : "";
}

function numberAt(value: unknown, name: string): number {
  const number = propertyOf(value, name);
  return typeof number === "number" ? number : 0;
}

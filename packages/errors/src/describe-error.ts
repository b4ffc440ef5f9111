import { propertyOf, safeJson, scrubUrl } from "@monotask/telemetry";

/** What can be read from a thrown value. */
export interface ErrorShape {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  /** HTTP status that the error asks for: 400–599. */
  readonly statusCode?: number | undefined;
  /** HTTP status that another service answered with. It says nothing about the answer to the caller. */
  readonly upstreamStatus?: number | undefined;
  readonly stack?: string | undefined;
  /** The platform says that too much is asked of a Durable Object: trying again makes it worse. */
  readonly isOverloaded?: true | undefined;
  /** The platform says that trying again may help. */
  readonly isRetryable?: true | undefined;
}

/** Longest text that is read: a message may hold a whole response. */
const MAX_TEXT_LENGTH = 16_384;
const MAX_STACK_LENGTH = 8_192;
const MAX_STACK_HEADER = 512;
const MAX_URL_LENGTH = 512;
const MAX_MESSAGE_WITH_STACK = 1_000_000;
/** Characters of a thrown object that stand for a message. */
const MAX_JSON_LENGTH = 1_024;

/** Marks of errors that clients of other services throw, with the answer's status in `status`: Octokit, Anthropic, axios, got. */
const MARKS_OF_CLIENTS = ["response", "request", "requestID", "request_id", "config"];

/** Reads a thrown value of any type: an Error, a Response, a string, null, a proxy that throws. Never throws. */
export function describeError(value: unknown): ErrorShape {
  if ((typeof value !== "object" && typeof value !== "function") || value === null)
    return { name: "NonError", message: textOf(value) };
  const status = statusOf(value);
  const from = upstreamOf(value);
  const isTrue = (name: string): true | undefined => propertyOf(value, name) === true || undefined;
  return {
    name: nameOf(value),
    message:
      stringAt(value, "message") ?? (status === undefined ? textOf(value) : `HTTP ${status}${from ? ` from ${from}` : ""}`),
    code: codeOf(value),
    statusCode: from === undefined ? status : undefined,
    upstreamStatus: from === undefined ? undefined : status,
    stack: stackOf(value),
    isOverloaded: isTrue("overloaded"),
    isRetryable: isTrue("retryable"),
  };
}

/** The class: many classes of errors set no name of their own. A minified name is none. */
function nameOf(value: object): string {
  const name = stringAt(value, "name");
  if (name !== undefined && name !== "Error") return name;
  const constructed = stringAt(propertyOf(value, "constructor"), "name");
  return (name === undefined || /^[A-Z]\w{3,63}$/.test(constructed ?? "") ? constructed : name) ?? "NonError";
}

function stringAt(value: unknown, name: string): string | undefined {
  const text = propertyOf(value, name);
  return typeof text === "string" && text !== "" ? text.slice(0, MAX_TEXT_LENGTH) : undefined;
}

/**
 * The stack with its frames: V8 writes the whole message in front of them. Behind a message of megabytes it is not asked for, since the
 * text is only made when it is.
 */
function stackOf(value: object): string | undefined {
  const message = propertyOf(value, "message");
  const length = typeof message === "string" ? message.length : 0;
  const stack = length > MAX_MESSAGE_WITH_STACK ? undefined : propertyOf(value, "stack");
  if (typeof stack !== "string" || stack === "") return undefined;
  const framesAt = stack.slice(length, length + 2 * MAX_STACK_HEADER).indexOf("\n    at ") + Math.min(length, stack.length);
  if (framesAt <= MAX_STACK_HEADER) return stack.slice(0, MAX_STACK_LENGTH);
  // Without the word that the cut goes through: half a token is not recognised as one.
  return `${stack.slice(0, MAX_STACK_HEADER).replace(/\S*$/, "")}…${stack.slice(framesAt, framesAt + MAX_STACK_LENGTH)}`;
}

function codeOf(value: unknown): string | undefined {
  const code = propertyOf(value, "code");
  return typeof code === "number" ? String(code) : stringAt(value, "code");
}

function statusOf(value: unknown): number | undefined {
  // Many errors have a word in `status` and the number in `statusCode`.
  return [propertyOf(value, "status"), propertyOf(value, "statusCode")].find(isErrorStatus);
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}

/** Where the status came from, if another service sent it: a fetched Response has a URL, one that is made to be thrown has none. */
function upstreamOf(value: object): string | undefined {
  const url = propertyOf(value, "url");
  // More is scrubbed than is kept, so that no token is cut in half before it is looked for.
  if (typeof url === "string" && url !== "") return scrubUrl(url.slice(0, 4 * MAX_URL_LENGTH)).slice(0, MAX_URL_LENGTH);
  const isOfClient = MARKS_OF_CLIENTS.some((mark) =>
    ["object", "string"].includes(typeof (propertyOf(value, mark) ?? undefined)),
  );
  return isOfClient ? "another service" : undefined;
}

function textOf(value: unknown): string {
  try {
    if (typeof value === "object" && value !== null) return safeJson(value, MAX_JSON_LENGTH);
    if (typeof value === "function") return `function ${String(value.name)}`.slice(0, MAX_JSON_LENGTH);
    const text: unknown = Reflect.apply(String, undefined, [value]);
    return typeof text === "string" ? text.slice(0, MAX_TEXT_LENGTH) : "";
  } catch {
    return "a value that cannot be shown";
  }
}

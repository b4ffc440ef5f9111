import { propertyOf } from "@monotask/telemetry";

/** What can be read from a thrown value. */
export interface ErrorShape {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** HTTP status that the error asks for: 400–599. */
  readonly statusCode?: number;
  readonly stack?: string;
}

/** Longest text that is read: a message may hold a whole response. */
const MAX_TEXT_LENGTH = 16_384;

/** Reads a thrown value of any type: an Error, a Response, a string, null, a proxy that throws. Never throws. */
export function describeError(value: unknown): ErrorShape {
  if (typeof value !== "object" && typeof value !== "function") return { name: "NonError", message: textOf(value) };
  if (value === null) return { name: "NonError", message: "null" };
  const code = codeOf(value);
  const statusCode = statusOf(value);
  const stack = stringAt(value, "stack");
  return {
    name: stringAt(value, "name") ?? stringAt(propertyOf(value, "constructor"), "name") ?? "NonError",
    message: stringAt(value, "message") ?? (statusCode === undefined ? textOf(value) : `HTTP ${statusCode}`),
    ...(code === undefined ? {} : { code }),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(stack === undefined ? {} : { stack }),
  };
}

function stringAt(value: unknown, name: string): string | undefined {
  const text = propertyOf(value, name);
  return typeof text === "string" && text !== "" ? text.slice(0, MAX_TEXT_LENGTH) : undefined;
}

function codeOf(value: unknown): string | undefined {
  const code = propertyOf(value, "code");
  return typeof code === "number" ? String(code) : stringAt(value, "code");
}

function statusOf(value: unknown): number | undefined {
  const status = propertyOf(value, "status") ?? propertyOf(value, "statusCode");
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined;
}

function textOf(value: unknown): string {
  try {
    // Symbols and functions are no JSON; templates take neither.
    const text: unknown = typeof value === "object" ? JSON.stringify(value) : Reflect.apply(String, undefined, [value]);
    return typeof text === "string" ? text.slice(0, MAX_TEXT_LENGTH) : "object";
  } catch {
    return "a value that cannot be shown";
  }
}

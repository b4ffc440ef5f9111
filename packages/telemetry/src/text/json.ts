import { MASK, isSecretName } from "./secrets.ts";
import { scrubText } from "./scrub.ts";

const MAX_DEPTH = 8;
const MAX_ENTRIES = 100;
const UNREADABLE = "[unreadable]";

/** What one log line may hold in all; the platform's own limit is 256 KB. */
const MAX_CHARACTERS = 65_536;

/**
 * A value as scrubbed JSON. Never throws: cycles, BigInts, throwing getters and what is too deep or too much become short notes,
 * and the values of fields that are named like secrets are masked.
 */
export function safeJson(value: unknown): string {
  const plain = plainOf(value, { above: [], charactersLeft: MAX_CHARACTERS });
  return JSON.stringify(plain) ?? "null";
}

interface Walk {
  /** Objects that the value lies in. */
  readonly above: unknown[];
  charactersLeft: number;
}

function plainOf(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
      return textOf(value, walk);
    case "bigint":
      return textOf(value.toString(), walk);
    case "object":
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (walk.above.includes(value)) return "[cycle]";
  if (walk.above.length >= MAX_DEPTH) return "[too deep]";
  walk.above.push(value);
  try {
    return objectOf(value, walk);
  } catch {
    return UNREADABLE;
  } finally {
    walk.above.pop();
  }
}

function objectOf(value: object, walk: Walk): unknown {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return errorOf(value, walk);
  if (value instanceof Map) return entriesOf([...value.keys()].map(String), (key) => value.get(key), walk);
  if (value instanceof Set) return listOf([...value], walk);
  if (Array.isArray(value)) return listOf(value, walk);
  const toJson: unknown = Reflect.get(value, "toJSON");
  if (typeof toJson === "function") return plainOf(Reflect.apply(toJson, value, [""]), walk);
  return entriesOf(Object.keys(value), (key) => Reflect.get(value, key), walk);
}

function errorOf(error: Error, walk: Walk): unknown {
  const own = Object.keys(error).filter((key) => !["name", "message", "stack", "cause"].includes(key));
  return entriesOf(["name", "message", "stack", "cause", ...own], (key) => Reflect.get(error, key), walk);
}

function listOf(values: readonly unknown[], walk: Walk): unknown[] {
  const list = values.slice(0, MAX_ENTRIES).map((value) => plainOf(value, walk));
  return values.length > MAX_ENTRIES ? [...list, `[${values.length - MAX_ENTRIES} more]`] : list;
}

function entriesOf(keys: readonly string[], read: (key: string) => unknown, walk: Walk): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const key of keys.slice(0, MAX_ENTRIES)) {
    const name = textOf(key, walk);
    let value: unknown;
    try {
      value = read(key);
      if (value === undefined || typeof value === "function" || typeof value === "symbol") continue;
      value = isSecretName(key) && value !== null && typeof value !== "boolean" ? MASK : plainOf(value, walk);
    } catch {
      value = UNREADABLE;
    }
    entries.push([name, value]);
  }
  if (keys.length > MAX_ENTRIES) entries.push(["[more]", keys.length - MAX_ENTRIES]);
  return Object.fromEntries(entries);
}

function textOf(text: string, walk: Walk): string {
  if (walk.charactersLeft <= 0) return "…";
  const scrubbed = scrubText(text);
  const kept = scrubbed.slice(0, walk.charactersLeft);
  walk.charactersLeft -= kept.length;
  return kept.length < scrubbed.length ? `${kept}…` : kept;
}

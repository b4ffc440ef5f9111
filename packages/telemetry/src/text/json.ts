import { propertyOf } from "../settings/property.ts";
import { MASK, isSecretName } from "./secrets.ts";
import { plainText } from "./plain.ts";
import { scrubText } from "./scrub.ts";

const MAX_DEPTH = 8;
const MAX_ENTRIES = 100;
const UNREADABLE = "[unreadable]";

/** What one log line may hold in all; the platform's own limit is 256 KB. */
const MAX_CHARACTERS = 65_536;

/** What a value costs that is no text, so that numbers and empty objects cannot go on for ever either. */
const CHARACTERS_OF_A_VALUE = 8;

/**
 * A value as scrubbed JSON. Never throws: cycles, BigInts, throwing getters and what is too deep or too much become short notes,
 * and the values of fields that are named like secrets are masked.
 */
export function safeJson(value: unknown, maxCharacters?: number): string {
  return JSON.stringify(plainCopy(value, maxCharacters)) ?? "null";
}

/** The same as a value that `JSON.stringify` takes as it is. */
export function plainCopy(value: unknown, maxCharacters = MAX_CHARACTERS): unknown {
  return plainOf(value, { above: [], charactersLeft: maxCharacters });
}

interface Walk {
  /** Objects that the value lies in. */
  readonly above: unknown[];
  charactersLeft: number;
}

function plainOf(value: unknown, walk: Walk): unknown {
  walk.charactersLeft -= CHARACTERS_OF_A_VALUE;
  if (walk.charactersLeft <= 0) return "…";
  switch (typeof value) {
    case "string":
      return textOf(value, walk);
    case "bigint":
      return textOf(value.toString(), walk);
    case "object":
      break;
    case "function":
    case "symbol":
      return undefined;
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
  // By its shape: an error of another realm is no instance of this one's class.
  if (typeof propertyOf(value, "stack") === "string") return errorOf(value, walk);
  if (value instanceof Map) return entriesOf(value.size, value.keys(), (key) => value.get(key), walk);
  if (value instanceof Set) return listOf(value.size, value, walk);
  if (Array.isArray(value)) return listOf(value.length, value, walk);
  const toJson: unknown = Reflect.get(value, "toJSON");
  if (typeof toJson === "function") return plainOf(Reflect.apply(toJson, value, [""]), walk);
  return fieldsOf(value, Object.keys(value), walk);
}

const FIELDS_OF_ERRORS: readonly string[] = ["name", "message", "stack", "cause"];

function errorOf(error: object, walk: Walk): unknown {
  const own = Object.keys(error).filter((key) => !FIELDS_OF_ERRORS.includes(key));
  return fieldsOf(error, [...FIELDS_OF_ERRORS, ...own], walk);
}

function fieldsOf(value: object, keys: readonly string[], walk: Walk): Record<string, unknown> {
  return entriesOf(keys.length, keys, (key) => valueAt(value, String(key)), walk);
}

function valueAt(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return UNREADABLE;
  }
}

/** Values are visited one by one, only as long as there is room for them: there may be millions. */
function listOf(size: number, values: Iterable<unknown>, walk: Walk): unknown[] {
  const list: unknown[] = [];
  for (const value of values) {
    if (list.length === MAX_ENTRIES || walk.charactersLeft <= 0) break;
    list.push(plainOf(value, walk));
  }
  if (size > list.length) list.push(`[${size - list.length} more]`);
  return list;
}

/** The same for names and values. */
function entriesOf(
  size: number,
  keys: Iterable<unknown>,
  valueOf: (key: unknown) => unknown,
  walk: Walk,
): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  let seen = 0;
  for (const key of keys) {
    if (seen === MAX_ENTRIES || walk.charactersLeft <= 0) break;
    seen += 1;
    const value = valueOf(key);
    if (value === undefined || typeof value === "function" || typeof value === "symbol") continue;
    const name = String(key);
    const isSecret = isSecretName(name) && value !== null && typeof value !== "boolean";
    entries.push([textOf(name, walk), isSecret ? MASK : plainOf(value, walk)]);
  }
  if (size > seen) entries.push(["[more]", size - seen]);
  return Object.fromEntries(entries);
}

function textOf(text: string, walk: Walk): string {
  if (walk.charactersLeft <= 0) return "…";
  const scrubbed = plainText(scrubText(text, Math.min(text.length, 2 * walk.charactersLeft + 256, 32_768)));
  const kept = scrubbed.slice(0, walk.charactersLeft);
  walk.charactersLeft -= kept.length;
  return kept.length < scrubbed.length ? `${kept}…` : kept;
}

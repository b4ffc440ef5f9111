import type { Finding, Place, Report } from "./issue.ts";
import type { JsonSchema } from "./json-schema.ts";
import { nearest } from "./suggest.ts";
import type { Value } from "./yaml-node.ts";

/** A value with the place it was read from, so that rules over several keys can point at the right one. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** A key that is there; without a value it was wrong, and that has been reported. */
export type Found<T> = Located<T | undefined>;

/** Reads one kind of value. The schema is made from the same words, so parser and editor cannot disagree. */
export interface Decoder<T> {
  readonly schema: JsonSchema;
  /** Undefined when the value is not right; everything that is wrong has then been reported. */
  readonly read: (value: Value, report: Report) => T | undefined;
}

/** One key of an object. */
export interface Field<T> {
  readonly decoder: Decoder<T>;
  readonly isRequired: boolean;
}

type Shape = Readonly<Record<string, Field<unknown>>>;

/** What reading a shape gives: every key by name, undefined where it is absent. */
export type Fields<S extends Shape> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? Found<T> | undefined : never };

/** Rules of an object beyond its keys. */
export interface ObjectRules {
  /** Keys that the format has and this version does not: they get their own message. */
  readonly later?: readonly string[];
  /** Groups of keys of which at least one must be there; the first is the one a message names. */
  readonly atLeastOneOf?: readonly string[];
}

/** A key that must be there. */
export function required<T>(decoder: Decoder<T>): Field<T> {
  return { decoder, isRequired: true };
}

/** A key that may be left out. */
export function optional<T>(decoder: Decoder<T>): Field<T> {
  return { decoder, isRequired: false };
}

/** The same decoder with a sentence for editors. */
export function described<T>(decoder: Decoder<T>, description: string): Decoder<T> {
  return { ...decoder, schema: { ...decoder.schema, description } };
}

/**
 * Text that `parse` turns into a value. `parse` returns a finding when the text is not right.
 * @param numbers whether `14.4` without quotes is read too, by the digits as written.
 */
export function text<T>(
  schema: Omit<JsonSchema, "type">,
  parse: (source: string) => { value: T } | Finding,
  numbers: "read" | "refuse" = "refuse",
): Decoder<T> {
  const typed: JsonSchema =
    numbers === "read" ? { ...schema, anyOf: [{ type: "string" }, { type: "number" }] } : { type: "string", ...schema };
  return {
    schema: typed,
    read: (value, report) => {
      if (value.kind !== "text" && !(value.kind === "number" && numbers === "read")) {
        const isQuotable = value.kind === "number" || value.kind === "boolean";
        const hint = isQuotable ? `Put it in quotes: "${value.source}".` : "Write a text.";
        report(value.place, { code: "wrong-type", message: `expected a text, found ${nameOf(value)}`, hint });
        return undefined;
      }
      const parsed = parse(value.source);
      if ("value" in parsed) return parsed.value;
      report(value.place, parsed);
      return undefined;
    },
  };
}

/** Any text that is not blank. */
export const anyText: Decoder<string> = text({ pattern: "\\S" }, (source) =>
  source.trim() === ""
    ? { code: "bad-value", message: "the text is empty", hint: "Write something, or leave the key out." }
    : { value: source },
);

/** One of a few words. `later` are words of the format that this version does not measure yet. */
export function oneOf<const T extends string>(words: readonly T[], later: readonly string[] = []): Decoder<T> {
  return text({ enum: words }, (source) => {
    const word = words.find((candidate) => candidate === source);
    if (word !== undefined) return { value: word };
    const known = `Write ${listOf(words)}.`;
    if (later.includes(source)) return { code: "not-yet-supported", message: `"${source}" is not supported yet`, hint: known };
    const near = nearest(source, words);
    return {
      code: "bad-value",
      message: `"${source}" is not known here`,
      hint: near === undefined ? known : `Did you mean "${near}"? ${known}`,
    };
  });
}

/** A list with at least one item. */
export function listOfAtLeastOne<T>(item: Decoder<T>): Decoder<readonly Located<T>[]> {
  return {
    schema: { type: "array", minItems: 1, items: item.schema },
    read: (value, report) => {
      if (value.kind !== "list") {
        report(value.place, {
          code: "wrong-type",
          message: `expected a list, found ${nameOf(value)}`,
          hint: "Begin each entry with a dash.",
        });
        return undefined;
      }
      if (value.items.length === 0) {
        report(value.place, { code: "empty-list", message: "the list is empty", hint: "Add an entry, or leave the key out." });
        return undefined;
      }
      const read = value.items.map((entry) => ({ place: entry.place, value: item.read(entry, report) }));
      return read.flatMap((entry) => (entry.value === undefined ? [] : [{ place: entry.place, value: entry.value }]));
    },
  };
}

/** One item without a dash, or a list of them. */
export function oneOrMore<T>(item: Decoder<T>): Decoder<readonly T[]> {
  const list = listOfAtLeastOne(item);
  return {
    schema: { anyOf: [item.schema, list.schema] },
    read: (value, report) => {
      if (value.kind === "list") return list.read(value, report)?.map((entry) => entry.value);
      const single = item.read(value, report);
      return single === undefined ? undefined : [single];
    },
  };
}

/** A map from free names to text. */
export const textMap: Decoder<Readonly<Record<string, string>>> = {
  schema: { type: "object", additionalProperties: { type: "string" } },
  read: (value, report) => {
    if (value.kind !== "map") {
      report(value.place, {
        code: "wrong-type",
        message: `expected a map, found ${nameOf(value)}`,
        hint: "Write `key: value` lines below it.",
      });
      return undefined;
    }
    const read = value.entries.map((entry) => [entry.key, anyText.read(entry.value(), report)] as const);
    return Object.fromEntries(read.flatMap(([key, entry]) => (entry === undefined ? [] : [[key, entry] as const])));
  },
};

/** An object with the keys of `shape` and no other. */
export function object<S extends Shape>(shape: S, rules: ObjectRules = {}): Decoder<Fields<S>> {
  const keys = Object.keys(shape);
  return {
    schema: objectSchema(shape, rules),
    read: (value, report) => {
      if (value.kind !== "map") {
        const hint = `Write a map with ${listOf(keys)}.`;
        report(value.place, { code: "wrong-type", message: `expected a map, found ${nameOf(value)}`, hint });
        return undefined;
      }
      const found = new Map<string, Found<unknown>>();
      // A misspelt key stands for the one that was meant, or one slip would be told twice.
      const meant = new Set<string>();
      for (const entry of value.entries) {
        const field = Object.hasOwn(shape, entry.key) ? shape[entry.key] : undefined;
        if (field === undefined) {
          meant.add(nearest(entry.key, keys) ?? "");
          report(entry.keyPlace, unknownKey(entry.key, keys, rules.later ?? []));
          continue;
        }
        const child = entry.value();
        found.set(entry.key, { value: field.decoder.read(child, report), place: child.place });
      }
      for (const key of missingKeys(shape, rules, (candidate) => found.has(candidate) || meant.has(candidate))) {
        report(value.place, { code: "missing-key", message: `"${key}" is missing`, hint: `Add \`${key}:\` here.` });
      }
      // The boundary: `found` was filled by the decoders of `shape`, key by key.
      return Object.fromEntries(keys.map((key) => [key, found.get(key)])) as Fields<S>;
    },
  };
}

function objectSchema(shape: Shape, rules: ObjectRules): JsonSchema {
  const required = Object.keys(shape).filter((key) => shape[key]?.isRequired === true);
  const anyOf = rules.atLeastOneOf?.map((key) => ({ required: [key] }));
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, field.decoder.schema])),
    ...(required.length > 0 ? { required } : {}),
    ...(anyOf === undefined ? {} : { anyOf }),
    additionalProperties: false,
  };
}

function missingKeys(shape: Shape, rules: ObjectRules, isThere: (key: string) => boolean): string[] {
  const missing = Object.keys(shape).filter((key) => shape[key]?.isRequired === true && !isThere(key));
  const [first, ...others] = rules.atLeastOneOf ?? [];
  const isOneThere = first === undefined || isThere(first) || others.some(isThere);
  return isOneThere ? missing : [...missing, first];
}

function unknownKey(key: string, keys: readonly string[], later: readonly string[]): Finding {
  if (later.includes(key))
    return { code: "not-yet-supported", message: `"${key}" is not supported yet`, hint: "Leave it out for now." };
  const near = nearest(key, keys);
  const hint = near === undefined ? `Known here: ${listOf(keys)}.` : `Did you mean "${near}"?`;
  return { code: "unknown-key", message: `"${key}" is not a key here`, hint };
}

/** `a`, `a or b`, `a, b or c`. */
export function listOf(words: readonly string[]): string {
  if (words.length <= 1) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

function nameOf(value: Value): string {
  switch (value.kind) {
    case "map":
      return "a map";
    case "list":
      return "a list";
    case "null":
      return "nothing";
    case "text":
      return `the text "${value.source}"`;
    case "number":
      return `the number ${value.source}`;
    case "boolean":
      return value.source;
  }
}

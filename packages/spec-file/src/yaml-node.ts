import type { Document, Node, Pair } from "yaml";
import { isAlias, isMap, isNode, isPair, isScalar, isSeq } from "yaml";
import type { Place } from "./issue.ts";

/** A YAML value with its place; aliases are followed, so a value shared by anchor reads like one written out. */
export type Value =
  | { readonly kind: "map"; readonly place: Place; readonly entries: readonly Entry[] }
  | { readonly kind: "list"; readonly place: Place; readonly items: readonly Value[] }
  /** `source` is the text as written: 99.90 stays `99.90`. */
  | { readonly kind: "text" | "number" | "boolean"; readonly place: Place; readonly source: string }
  | { readonly kind: "null"; readonly place: Place };

export interface Entry {
  readonly key: string;
  readonly keyPlace: Place;
  /** Read on demand, so that nothing is built for what no reader asks for. */
  readonly value: () => Value;
}

/** The root value of a document. */
export function rootValue(document: Document): Value {
  return toValue(document, document.contents, { path: "", offset: offsetOf(document.contents) ?? 0 });
}

/** `slos` + `name` → `slos.name`. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}

function toValue(document: Document, written: unknown, fallback: Place): Value {
  const place = { path: fallback.path, offset: offsetOf(written) ?? fallback.offset };
  const node = isAlias(written) ? written.resolve(document) : written;
  if (isMap(node)) return { kind: "map", place, entries: node.items.map((item) => toEntry(document, item, place)) };
  if (isSeq(node)) {
    const items = node.items.map((item, index) =>
      toValue(document, item, { path: childPath(place.path, index), offset: place.offset }),
    );
    return { kind: "list", place, items };
  }
  if (!isScalar(node) || node.value === null || node.value === undefined) return { kind: "null", place };
  if (typeof node.value === "number" || typeof node.value === "bigint") {
    return { kind: "number", place, source: node.source ?? node.value.toString() };
  }
  if (typeof node.value === "boolean") return { kind: "boolean", place, source: node.source ?? String(node.value) };
  return { kind: "text", place, source: typeof node.value === "string" ? node.value : (node.source ?? "") };
}

function toEntry(document: Document, item: unknown, parent: Place): Entry {
  const pair: Pair<unknown, unknown> | undefined = isPair(item) ? item : undefined;
  const key = isScalar(pair?.key) ? String(pair.key.value) : "?";
  const path = childPath(parent.path, key);
  const keyPlace = { path, offset: offsetOf(pair?.key) ?? parent.offset };
  return { key, keyPlace, value: () => toValue(document, pair?.value, keyPlace) };
}

function offsetOf(node: unknown): number | undefined {
  if (!isNode(node)) return undefined;
  const range: Node["range"] = node.range;
  return range?.[0];
}

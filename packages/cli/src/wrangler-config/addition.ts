import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";

/** One thing that a configuration lacks. Nothing that is there is ever changed or removed. */
export type Addition =
  /** A key of an object that has no such key; the objects on the way are made where they lack. */
  | { readonly add: "key"; readonly path: readonly string[]; readonly value: Json }
  /** One more object at the end of a list, which is made where it lacks. */
  | { readonly add: "item"; readonly path: readonly string[]; readonly value: JsonObject };

/** What the configuration must say after the additions: the editors' work is compared with it. */
export function withAdditions(config: JsonObject, additions: readonly Addition[]): JsonObject {
  return additions.reduce((root, { add, path, value }) => {
    const at = (node: Json | undefined, rest: readonly string[]): Json => {
      const [key, ...more] = rest;
      if (key === undefined) return add === "key" ? value : [...(Array.isArray(node) ? (node as readonly Json[]) : []), value];
      const object = isJsonObject(node) ? node : {};
      return { ...object, [key]: at(object[key], more) };
    };
    const after = at(root, path);
    return isJsonObject(after) ? after : root;
  }, config);
}

/** Equal whatever the order of keys. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => isSameJson(item, b[at]));
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key], b[key]));
  }
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b;
}

/** A value that JSON and TOML can both say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The value at a path, or undefined where the path ends early. */
export function valueAt(root: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    root,
  );
}

/** A text under a key; undefined where it is something else. */
export function textAt(root: Json | undefined, ...path: readonly string[]): string | undefined {
  const value = valueAt(root, path);
  return typeof value === "string" ? value : undefined;
}

/** The objects of a list under a path; empty where there is no list. */
export function objectsAt(root: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const value = valueAt(root, path);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A text or number under a key as text; empty where it is something else. */
export function wordAt(root: Json | undefined, key: string): string {
  const value = valueAt(root, [key]);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

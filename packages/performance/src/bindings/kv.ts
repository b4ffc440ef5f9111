import { propertyOf } from "@monotask/telemetry";
import { watch, type CallWatcher } from "./watch.ts";
import type { Frame } from "../scope/frame.ts";

/** Counts reads, hits and writes of a KV namespace. A bulk read counts each of its keys. */
export function instrumentKv(namespace: object): void {
  watch(namespace, "get", (frame, [key]) => countReads(frame, key, (value) => value));
  watch(namespace, "getWithMetadata", (frame, [key]) => countReads(frame, key, (found) => propertyOf(found, "value")));
  for (const name of ["put", "delete"]) {
    watch(namespace, name, ({ scope }) => {
      scope.kvWrites += 1;
      return undefined;
    });
  }
}

function countReads({ scope }: Frame, key: unknown, valueOf: (found: unknown) => unknown): CallWatcher {
  const isBulk = Array.isArray(key);
  scope.kvReads += isBulk ? key.length : 1;
  return {
    returned(found) {
      const values: unknown[] = isBulk && found instanceof Map ? [...found.values()].map(bulkValue) : [valueOf(found)];
      scope.kvHits += values.filter((value) => value !== null && value !== undefined).length;
    },
  };

  /** A bulk `get` maps keys to values, a bulk `getWithMetadata` to `{value, metadata}` or null. */
  function bulkValue(value: unknown): unknown {
    return value === null ? null : valueOf(value);
  }
}

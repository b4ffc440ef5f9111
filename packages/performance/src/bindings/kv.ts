import { propertyOf } from "@monotask/telemetry";
import { watch, type CallWatcher } from "./watch.ts";
import type { Usage } from "../scope/usage.ts";

/** Counts reads, hits and writes of a KV namespace. A bulk read counts each of its keys. */
export function instrumentKv(namespace: object): void {
  watch(namespace, "get", ({ scope }, [key]) => countReads(scope.usage, key, (value) => value));
  watch(namespace, "getWithMetadata", ({ scope }, [key]) => countReads(scope.usage, key, (found) => propertyOf(found, "value")));
  for (const name of ["put", "delete"]) {
    watch(namespace, name, ({ scope }) => {
      scope.usage.kvWrites += 1;
      return undefined;
    });
  }
}

function countReads(usage: Usage, key: unknown, valueOf: (found: unknown) => unknown): CallWatcher {
  const isBulk = Array.isArray(key);
  usage.kvReads += isBulk ? key.length : 1;
  return {
    returned(found) {
      if (!isBulk || !(found instanceof Map)) countHit(valueOf(found));
      // A bulk `get` maps keys to values, a bulk `getWithMetadata` to `{value, metadata}` or null.
      else for (const value of found.values()) countHit(value === null ? null : valueOf(value));
    },
  };

  function countHit(value: unknown): void {
    if (value !== null && value !== undefined) usage.kvHits += 1;
  }
}

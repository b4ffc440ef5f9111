import type { PerformanceTracker } from "@monotask/performance";
import type { Invocation } from "./worker.ts";

/** What is known of a request while it is handled; frameworks and trackers add to it. */
export interface RequestRecord {
  readonly requestId: string;
  readonly invocation: Invocation;
  readonly tracker: PerformanceTracker;
  /** Route pattern that the framework matched. */
  route?: string;
  /** What the framework caught and turned into an answer. */
  caught?: unknown;
}

const records = new WeakMap<object, RequestRecord>();

export function openRecord(request: object, record: RequestRecord): void {
  records.set(request, record);
}

export function closeRecord(request: object): void {
  records.delete(request);
}

/** The record of a request that is being handled under `monitor`. */
export function recordOf(request: unknown): RequestRecord | undefined {
  return typeof request === "object" && request !== null ? records.get(request) : undefined;
}

/** The id of a request: Cloudflare's ray, else a new one. Under `monitor` it stays the same while the request is handled. */
export function requestIdOf(request: Request): string {
  return recordOf(request)?.requestId ?? request.headers.get("cf-ray") ?? crypto.randomUUID();
}

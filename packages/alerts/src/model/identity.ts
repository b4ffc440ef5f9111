import { hash64 } from "@monotask/telemetry";
import type { AlertLabels } from "./signal.ts";
import { cutApart } from "./text.ts";

/** Labels whose equal values make alerts one outage: one message, one PagerDuty incident. */
export const DEFAULT_GROUP_BY: readonly string[] = ["environment", "worker", "symptom"];

/**
 * Identity of an alert: the hash of its name and all its labels but `severity`.
 *
 * Severity is left out so that a warning that turns critical is the same alert grown worse, told as a rise and ended once,
 * not a second alert beside the first. Everything that changes while the trouble lasts (value, summary, sample, version,
 * request id) belongs into the signal, not into its labels. A test or drill is never the same as the real one.
 */
export function alertId(name: string, labels: AlertLabels, drillId?: string): string {
  const pairs = Object.entries(labels)
    .filter(([label]) => label !== "severity")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return hash64([...(drillId === undefined ? [] : ["drill", drillId]), name, ...pairs.flat()].join("\u0000"));
}

/**
 * Key of the group an alert belongs to, readable (`environment=production,worker=api,symptom=errors`) and at most 200 bytes:
 * a longer one is cut and ended by a hash. PagerDuty takes 255 characters as `dedup_key`.
 * A test or drill has a key of its own.
 */
export function groupKeyOf(labels: AlertLabels, groupBy: readonly string[] = DEFAULT_GROUP_BY, drillId?: string): string {
  const drill = drillId === undefined ? "" : `drill=${encodeURIComponent(drillId.toWellFormed())},`;
  const key = drill + groupBy.map((label) => `${label}=${encodeURIComponent((labels[label] ?? "").toWellFormed())}`).join(",");
  return cutApart(key, MAX_KEY_BYTES);
}

const MAX_KEY_BYTES = 200;

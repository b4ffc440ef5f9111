import { clockText, numberText, percentText } from "./figures.ts";
import type { FrequentError } from "./enrichment.ts";
import type { Notification } from "./notification.ts";
import { alertCount, countText, firstOf, measureText } from "./words.ts";

/** Errors that a message shows. */
const MAX_SHOWN_ERRORS = 3;

/** A part of a message under a heading of its own. */
export interface Finding {
  kind: "error" | "check";
  label: string;
  /** What is to be read as code, such as an error's message. */
  code?: string;
  text: string;
}

/** The figures behind the headline, sentence by sentence: description, measure, count, budget, who has it. */
export function figureLines(notification: Notification): string[] {
  const [first] = notification.alerts;
  if (first === undefined) return [];
  const isOne = alertCount(notification) === 1;
  const nowMs = notification.decidedAtMs;
  const count = isOne ? countText(first, nowMs) : undefined;
  const measure = measureText(first);
  const { acknowledged } = first;
  const lines = [
    first.signal.description,
    isOne && measure !== undefined && !isSaidAlready(first) ? `Measured: ${measure}` : undefined,
    notification.kind === "resolved" || count === undefined ? undefined : `Occurrences: ${count}`,
    notification.enrichment?.budget,
    first.isFlapping ? "It keeps coming and going: its end is told after 10 min of quiet." : undefined,
    isOne && acknowledged && notification.kind === "firing"
      ? `Acknowledged by ${acknowledged.by} at ${clockText(acknowledged.atMs, nowMs)}, until ${clockText(acknowledged.untilMs, nowMs)}.`
      : undefined,
  ];
  return lines.filter((line): line is string => line !== undefined && line !== "");
}

/** True where the summary names the value and the limit itself. */
function isSaidAlready({ signal: { summary, value = "", threshold } }: Notification["alerts"][number]): boolean {
  return summary.includes(value) && (threshold === undefined || summary.includes(threshold));
}

/** Most frequent errors, then the first thing to do; nothing once it is over. */
export function findings(notification: Notification): Finding[] {
  if (notification.kind !== "firing") return [];
  const check = firstCheck(notification);
  return [...errorFindings(notification), ...(check ? [check] : [])];
}

/** What the evaluator found, else what the alert has counted itself, else its one sample. */
function errorFindings(notification: Notification): Finding[] {
  const nowMs = notification.decidedAtMs;
  const all = notification.enrichment?.errors ?? countedErrors(notification);
  const frequent = all.slice(0, MAX_SHOWN_ERRORS);
  if (frequent.length > 0) {
    return frequent.map((one, index) => ({
      kind: "error",
      label: index === 0 ? "Most frequent" : "Then",
      code: one.error,
      text: [aboutError(one, nowMs), index === frequent.length - 1 ? moreErrors(all.length - frequent.length) : ""]
        .filter(Boolean)
        .join("; "),
    }));
  }
  const sample = firstOf(notification, (alert) => alert.signal.sample);
  if (sample?.error === undefined) return [];
  const found = [sample.requestId && `request ${sample.requestId}`, sample.fingerprint && `fingerprint ${sample.fingerprint}`];
  const where = found.filter(Boolean).join(", ");
  return [{ kind: "error", label: "Example", code: sample.error, text: where === "" ? "" : `(${where})` }];
}

function countedErrors(notification: Notification): FrequentError[] {
  const errors = notification.alerts[0]?.errors ?? [];
  if (errors.length < 2) return [];
  const total = notification.alerts[0]?.count ?? 0;
  return errors.map(({ error, count, firstAtMs }) => ({
    error,
    count,
    share: total > 0 ? Math.min(1, count / total) : 0,
    firstSeenMs: firstAtMs,
  }));
}

function moreErrors(count: number): string {
  return count > 0 ? `and ${count} more error${count === 1 ? "" : "s"}` : "";
}

/** `400× on POST /api/tasks (87 %), first seen 03:11 UTC on version 3f2a`. */
function aboutError({ route, count, share, firstSeenMs, version }: FrequentError, nowMs: number): string {
  const often = count !== undefined && `${numberText(count)}×`;
  const where = [often, route && `on ${route}`, share !== undefined && `(${percentText(share)})`].filter(Boolean).join(" ");
  const seen =
    firstSeenMs === undefined ? "" : `first seen ${clockText(firstSeenMs, nowMs)}${version ? ` on version ${version}` : ""}`;
  return [where, seen].filter(Boolean).join(", ");
}

function firstCheck(notification: Notification): Finding | undefined {
  const found = notification.enrichment?.firstCheck;
  if (found) {
    const where = [found.runbook, found.step !== undefined && `step ${found.step}`].filter(Boolean).join(", ");
    return { kind: "check", label: where === "" ? "First check" : `First check (${where})`, text: found.text };
  }
  const text = firstOf(notification, (alert) => alert.signal.suggestedChecks?.[0]);
  return text === undefined ? undefined : { kind: "check", label: "First check", text };
}

/** Alerts that are not told by themselves because of this one. */
export function inhibitedLine(notification: Notification): string | undefined {
  const { inhibited } = notification;
  if (inhibited.length === 0) return undefined;
  return `Not told apart because of this (${numberText(inhibited.length)}): ${inhibited.join("; ")}`;
}

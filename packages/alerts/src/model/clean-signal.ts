import { scrubText, visibleText } from "@monotask/telemetry";
import { adviceOn } from "./advice.ts";
import { alertId } from "./identity.ts";
import { SEVERITIES } from "./severity.ts";
import type { AlertLabels, AlertSample, AlertSignal, Drill, RaiseSource, SignalError } from "./signal.ts";
import { SYMPTOMS } from "./signal.ts";
import { dashboardPage, runbookLink, runbookName, webLink } from "./links.ts";
import { isTarget } from "./target.ts";
import { cutApart, truncateBytes } from "./text.ts";

/** Bytes of each text that are kept: one alert is a small row, and no message fails on its size. */
const MAX_BYTES = {
  name: 200,
  label: 200,
  value: 100,
  summary: 500,
  description: 4_000,
  stack: 8_000,
  sample: 1_000,
  check: 500,
};
const STATUSES = ["firing", "resolved", "frozen"] as const;
const MAX_LABELS = 20;
const MAX_CHECKS = 10;
const MAX_ERRORS = 20;
/** How far a worker's clock may be off: its timestamps are clamped to arrival ± this. */
const WORKER_CLOCK_TOLERANCE_MS = 300_000;

/**
 * The signal as the engine keeps it: texts within limits, `startsAt` believable, unknown severities and symptoms replaced by
 * `warning` and `errors`. Undefined when it has no name, for then nobody could say what it is.
 *
 * @param dashboardUrl where links to pages and runbooks lead; without it only whole addresses are kept
 */
export function cleanSignal(
  signal: AlertSignal,
  source: RaiseSource,
  nowMs: number,
  dashboardUrl?: string,
): AlertSignal | undefined {
  // Signals come over RPC, from workers of other versions and makers: their types are a promise only.
  if (typeof signal !== "object" || signal === null || typeof signal.name !== "string" || signal.name === "") return undefined;
  const name = cleanName(signal.name);
  const clean: AlertSignal = {
    name,
    labels: cleanLabels(signal.labels ?? {}),
    status: STATUSES.find((known) => known === signal.status) ?? "firing",
    startsAt: cleanStart(signal.startsAt, source, nowMs),
    summary: cut(scrubbed(signal.summary), MAX_BYTES.summary) ?? name,
    description: cut(scrubbed(signal.description), MAX_BYTES.description) ?? "",
    count: cleanCount(signal.count),
  };
  const advice = adviceOn(clean);
  const runbookUrl = signal.runbookUrl ?? advice?.runbookUrl;
  const optional = {
    value: cut(signal.value, MAX_BYTES.value),
    threshold: cut(signal.threshold, MAX_BYTES.value),
    runbook: cut(runbookName(runbookUrl), MAX_BYTES.label),
    runbookUrl: runbookLink(runbookUrl, dashboardUrl),
    dashboardUrl: webLink(signal.dashboardUrl) ?? (dashboardUrl && webLink(dashboardPage(clean, dashboardUrl))),
    errors: arrayOf(signal.errors)?.slice(0, MAX_ERRORS).flatMap(cleanError),
    pendingForMs: cleanDuration(signal.pendingForMs),
    keepFiringForMs: cleanDuration(signal.keepFiringForMs),
    drill: source === "evaluator" ? cleanDrill(signal.drill) : undefined,
    sample: signal.sample && cleanSample(signal.sample),
    suggestedChecks: arrayOf(signal.suggestedChecks ?? advice?.suggestedChecks)
      ?.slice(0, MAX_CHECKS)
      .flatMap((check) => cut(wordOf(check), MAX_BYTES.check) ?? []),
  };
  return { ...clean, ...present(optional) };
}

/** The id under which AlertManager keeps a signal, with what it shortens and replaces of it. A drill's is another. */
export function keptAlertId({ name, labels }: Pick<AlertSignal, "name" | "labels">): string {
  return alertId(cleanName(name), cleanLabels(labels));
}

function cleanName(name: string): string {
  return cutApart(visibleText(name), MAX_BYTES.name);
}

/** Labels as the engine keeps them; what has been cleaned already stays as it is. */
export function cleanLabels(labels: Partial<AlertLabels>): AlertLabels {
  const entries = Object.entries(labels)
    .slice(0, MAX_LABELS)
    .flatMap(([label, value]) => {
      const word = wordOf(value);
      return word === undefined
        ? []
        : [[cutApart(label, MAX_BYTES.label), cutApart(visibleText(word), MAX_BYTES.label)] as const];
    });
  return {
    ...Object.fromEntries(entries),
    worker: part(labels.worker) ?? "unknown",
    environment: part(labels.environment) ?? "production",
    team: part(labels.team) ?? "unowned",
    symptom: SYMPTOMS.find((known) => known === labels.symptom) ?? "errors",
    severity: SEVERITIES.find((known) => known === labels.severity) ?? "warning",
  };
}

function cleanSample(sample: AlertSample): AlertSample {
  return present({
    error: cut(scrubbed(sample.error), MAX_BYTES.sample),
    stack: cut(scrubbed(sample.stack), MAX_BYTES.stack),
    requestId: cut(sample.requestId, MAX_BYTES.label),
    fingerprint: cut(sample.fingerprint, MAX_BYTES.label),
  });
}

/** Longest a rule may wait before it fires, or go on after its end. */
const MAX_DURATION_MS = 24 * 3_600_000;
/** Longest a test or drill lasts. */
const MAX_DRILL_MS = 3_600_000;

function cleanDuration(durationMs: number | undefined): number | undefined {
  if (durationMs === undefined || !Number.isFinite(durationMs) || durationMs <= 0) return undefined;
  return Math.min(durationMs, MAX_DURATION_MS);
}

/** A drill that names no place is none; what it was to try is then raised as nothing at all would be: with an empty list. */
function cleanDrill(drill: Drill | undefined): Drill | undefined {
  const id = typeof drill === "object" && drill !== null ? wordOf(drill.id) : undefined;
  if (drill === undefined || id === undefined) return undefined;
  return {
    id: truncateBytes(id, 60),
    kind: drill.kind === "test" ? "test" : "drill",
    targets: (Array.isArray(drill.targets) ? drill.targets : []).filter(
      (target) => typeof target === "string" && isTarget(target),
    ),
    lastsMs: Math.min(cleanDuration(drill.lastsMs) ?? 30_000, MAX_DRILL_MS),
  };
}

function cleanError(error: unknown): SignalError[] {
  if (typeof error !== "object" || error === null || !("fingerprint" in error) || typeof error.fingerprint !== "string")
    return [];
  const text = "error" in error && typeof error.error === "string" ? error.error : "";
  const count = cleanCount("count" in error ? error.count : 1);
  return [
    { fingerprint: truncateBytes(error.fingerprint, MAX_BYTES.label), error: cut(scrubbed(text), MAX_BYTES.sample) ?? "", count },
  ];
}

/** A trouble cannot begin in the future; a worker's word is taken within the tolerance only. */
function cleanStart(startsAt: number, source: RaiseSource, nowMs: number): number {
  if (!Number.isFinite(startsAt)) return nowMs;
  const earliest = source === "worker" ? nowMs - WORKER_CLOCK_TOLERANCE_MS : 0;
  return Math.min(Math.max(startsAt, earliest), nowMs);
}

/** More than any raise brings; sums of it stay numbers that a row can hold. */
const MAX_COUNT = 1e12;

function cleanCount(count: unknown): number {
  return typeof count === "number" && count >= 1 ? Math.min(Math.floor(count), MAX_COUNT) : 1;
}

/** A value as text, where it is one word; an object is none, and asking it for its text may throw. */
function wordOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function arrayOf(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Whoever raises scrubs already; what reaches a message, a row or a log is scrubbed here once more. */
function scrubbed(text: string | undefined): string | undefined {
  return typeof text === "string" ? scrubText(text) : undefined;
}

/** Part of what makes an alert the same: whatever is left out of it still counts. */
function part(text: string | undefined): string | undefined {
  return typeof text === "string" && text !== "" ? cutApart(visibleText(text), MAX_BYTES.label) : undefined;
}

function cut(text: string | undefined, maxBytes: number): string | undefined {
  return typeof text === "string" && text !== "" ? truncateBytes(visibleText(text), maxBytes) : undefined;
}

/** The object without its undefined fields, as `exactOptionalPropertyTypes` wants it. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

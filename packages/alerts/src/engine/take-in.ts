import type { Alert } from "../model/alert.ts";
import { cleanSignal } from "../model/clean-signal.ts";
import { alertId, groupKeyOf } from "../model/identity.ts";
import { isLouder } from "../model/severity.ts";
import type { AlertSignal, RaiseBatch, RaiseSource } from "../model/signal.ts";
import { record, type Draft } from "./draft.ts";

/** Batch ids remembered; a caller retries within seconds, and even 200 batches a second stay known for ten. */
const REMEMBERED_BATCHES = 2_000;

/** Takes the signals of a batch in, unless the batch is known already. */
export function takeInBatch(draft: Draft, batch: RaiseBatch): void {
  if (draft.batches.get(batch.id) !== undefined) return;
  rememberBatch(draft, batch.id);
  for (const raw of batch.signals) {
    const signal = cleanSignal(raw, batch.source, draft.nowMs);
    if (signal !== undefined) takeInSignal(draft, signal, batch.source);
  }
}

/** Ends the alerts of a group that workers have stopped raising. */
export function expireAlerts(draft: Draft, alerts: readonly Alert[]): void {
  for (const alert of alerts) {
    const endsAtMs = expiryOf(alert, draft.settings.resolveTimeoutMs);
    if (endsAtMs === null || endsAtMs > draft.nowMs) continue;
    resolve(draft, alert, alert.signal, `not raised again by ${alert.signal.labels.worker}`);
  }
}

/** When an alert ends if nobody raises it again, or null where its source ends it itself. */
export function expiryOf(alert: Alert, resolveTimeoutMs: number): number | null {
  return alert.status === "firing" && alert.source === "worker" ? alert.lastRaisedAtMs + resolveTimeoutMs : null;
}

function rememberBatch(draft: Draft, id: string): void {
  draft.batches.set(id, draft.nowMs);
  for (const oldest of draft.batches.keys()) {
    if (draft.batches.size() <= REMEMBERED_BATCHES) return;
    draft.batches.delete(oldest);
  }
}

function takeInSignal(draft: Draft, signal: AlertSignal, source: RaiseSource): void {
  const id = alertId(signal.name, signal.labels);
  const known = draft.alerts.get(id);
  if (signal.status === "resolved") {
    // An end that nobody has heard the beginning of is no news.
    if (known?.status === "firing") resolve(draft, known, { ...known.signal, ...endOf(signal) }, signal.summary);
  } else if (known === undefined) {
    begin(draft, id, signal, source);
  } else {
    raiseAgain(draft, known, signal, source);
  }
}

/** What the end of an alert may say anew; severity, start and sample stay those of the outage. */
function endOf(signal: AlertSignal): Partial<AlertSignal> {
  return { summary: signal.summary, description: signal.description, ...(signal.value !== undefined && { value: signal.value }) };
}

function begin(draft: Draft, id: string, signal: AlertSignal, source: RaiseSource): void {
  const groupKey = groupKeyOf(signal.labels, draft.settings.groupBy);
  draft.alerts.set(id, {
    id,
    groupKey,
    status: "firing",
    source,
    signal,
    firedAtMs: draft.nowMs,
    severitySinceMs: draft.nowMs,
    lastRaisedAtMs: draft.nowMs,
    count: signal.count ?? 1,
    told: {},
  });
  openGroup(draft, groupKey, signal);
  record(draft, "fired", groupKey, signal.summary, id);
}

function openGroup(draft: Draft, key: string, signal: AlertSignal): void {
  draft.touchedGroups.add(key);
  if (draft.groups.get(key) !== undefined) return;
  const labels = Object.fromEntries(draft.settings.groupBy.map((label) => [label, signal.labels[label] ?? ""]));
  draft.groups.set(key, { key, labels, episode: 0, sequence: 0, dueAtMs: null, channels: {}, refused: {} });
}

function raiseAgain(draft: Draft, known: Alert, signal: AlertSignal, source: RaiseSource): void {
  const refires = known.status === "resolved";
  const severity = signal.labels.severity;
  const rises = isLouder(severity, known.signal.labels.severity);
  const { resolvedAtMs: _ended, acknowledged, ...open } = known;
  draft.alerts.set(known.id, {
    ...open,
    status: "firing",
    source,
    signal: { ...signal, startsAt: Math.min(signal.startsAt, known.signal.startsAt) },
    severitySinceMs: severity === known.signal.labels.severity ? known.severitySinceMs : draft.nowMs,
    lastRaisedAtMs: draft.nowMs,
    count: known.count + (signal.count ?? 1),
    // Whoever acknowledged the lower severity has not seen the higher one.
    ...(acknowledged && !rises && { acknowledged }),
  });
  // A plain repetition changes nothing that falls due, save a later timeout, and that is looked at when the earlier one is due.
  if (refires || severity !== known.signal.labels.severity) draft.touchedGroups.add(known.groupKey);
  if (refires) record(draft, "fired", known.groupKey, signal.summary, known.id);
  if (rises) record(draft, "severity-rise", known.groupKey, `${signal.summary} (now ${severity})`, known.id);
}

function resolve(draft: Draft, alert: Alert, signal: AlertSignal, why: string): void {
  draft.alerts.set(alert.id, { ...alert, signal, status: "resolved", resolvedAtMs: draft.nowMs });
  draft.touchedGroups.add(alert.groupKey);
  record(draft, "resolved", alert.groupKey, why, alert.id);
  if (Object.keys(alert.told).length === 0) record(draft, "never-told", alert.groupKey, "ended before anyone was told", alert.id);
}

import type { Alert } from "../model/alert.ts";
import { cleanSignal } from "../model/clean-signal.ts";
import { alertId, groupKeyOf } from "../model/identity.ts";
import { isLouder } from "../model/severity.ts";
import type { AlertSignal, RaiseBatch, RaiseSource } from "../model/signal.ts";
import { fall } from "./acknowledge.ts";
import { isNewBatch } from "./batches.ts";
import { record, type Draft } from "./draft.ts";
import { countErrors, isNewError } from "./errors.ts";
import { noteBegin } from "./flapping.ts";
import type { Group } from "./state.ts";

/** Alerts of one group; a rule that makes more has a label that should not be one, and is told so in the history. */
const MAX_GROUP_ALERTS = 500;
/** Critical ones find room beyond that: however many warnings there are, a page is not lost. */
const MAX_WITH_CRITICAL = 2 * MAX_GROUP_ALERTS;

/** Takes the signals of a batch in, unless the batch is known already. */
export function takeInBatch(draft: Draft, batch: RaiseBatch): void {
  if (!isNewBatch(draft, batch.id)) return;
  for (const raw of batch.signals) {
    const signal = cleanSignal(raw, batch.source, draft.nowMs, draft.settings.dashboardUrl);
    if (signal !== undefined) takeInSignal(draft, signal, batch.source);
  }
}

/** Ends the alerts of a group whose time has come. */
export function expireAlerts(draft: Draft, alerts: readonly Alert[]): void {
  for (const alert of alerts) {
    const endsAtMs = expiryOf(alert, draft.settings.resolveTimeoutMs);
    if (endsAtMs === null || endsAtMs > draft.nowMs) continue;
    resolve(draft, alert, alert.signal, endReason(alert));
  }
}

/** When an alert ends if nobody raises it again, or null where its source ends it itself. */
export function expiryOf(alert: Alert, resolveTimeoutMs: number): number | null {
  if (alert.status === "resolved") return null;
  if (alert.signal.drill) return alert.firedAtMs + alert.signal.drill.lastsMs;
  if (alert.endsAtMs !== undefined) return alert.endsAtMs;
  return alert.source === "worker" ? alert.lastRaisedAtMs + resolveTimeoutMs : null;
}

/** Ends an alert; one that was pending is forgotten. */
export function resolve(draft: Draft, alert: Alert, signal: AlertSignal, why: string): void {
  const { hold, reminder: _reminder, endsAtMs: _endsAtMs, frozenSinceMs: _frozen, ...over } = alert;
  draft.alerts.set(alert.id, { ...over, ...(hold && { hold }), signal, status: "resolved", resolvedAtMs: draft.nowMs });
  draft.touchedGroups.add(alert.groupKey);
  draft.turnedAlerts.add(alert.id);
  record(draft, "resolved", alert.groupKey, why, alert.id);
  if (Object.keys(alert.told).length === 0) record(draft, "never-told", alert.groupKey, neverToldReason(alert), alert.id);
}

function neverToldReason(alert: Alert): string {
  if (alert.hold) return `ended before anyone was told: ${alert.hold.text}`;
  return alert.status === "pending" ? "ended while it was pending" : "ended before anyone was told";
}

function endReason(alert: Alert): string {
  if (alert.signal.drill) return `the ${alert.signal.drill.kind} is over`;
  return alert.endsAtMs === undefined ? `not raised again by ${alert.signal.labels.worker}` : "did not come back";
}

function takeInSignal(draft: Draft, signal: AlertSignal, source: RaiseSource): void {
  const id = alertId(signal.name, signal.labels, signal.drill?.id);
  const known = draft.alerts.get(id);
  if (signal.status === "frozen") {
    if (known && known.status !== "resolved") freeze(draft, known);
  } else if (signal.status === "resolved") {
    // An end that nobody has heard the beginning of is no news.
    if (known && known.status !== "resolved") end(draft, known, signal);
  } else if (known === undefined) {
    begin(draft, id, signal, source);
  } else {
    raiseAgain(draft, known, signal, source);
  }
}

function freeze(draft: Draft, known: Alert): void {
  if (known.frozenSinceMs !== undefined) return;
  draft.alerts.set(known.id, { ...known, frozenSinceMs: draft.nowMs });
  record(draft, "frozen", known.groupKey, "no data: it goes on as it is", known.id);
}

/** Ends the alert, or lets it go on for as long as its rule wants. */
function end(draft: Draft, known: Alert, signal: AlertSignal): void {
  const last = { ...known.signal, ...endOf(signal) };
  const keepMs = known.signal.keepFiringForMs ?? 0;
  if (known.status === "pending" || keepMs <= 0) return resolve(draft, known, last, signal.summary);
  if (known.endsAtMs !== undefined) return;
  draft.alerts.set(known.id, { ...known, signal: last, endsAtMs: draft.nowMs + keepMs });
  draft.touchedGroups.add(known.groupKey);
  record(draft, "ending", known.groupKey, `over unless it comes back within ${keepMs / 1000} s`, known.id);
}

/** What the end of an alert may say anew; severity, start and sample stay those of the outage. */
function endOf(signal: AlertSignal): Partial<AlertSignal> {
  return { summary: signal.summary, description: signal.description, ...(signal.value !== undefined && { value: signal.value }) };
}

function begin(draft: Draft, id: string, signal: AlertSignal, source: RaiseSource): void {
  const groupKey = groupKeyOf(signal.labels, draft.settings.groupBy, signal.drill?.id);
  const isPending = (signal.pendingForMs ?? 0) > 0;
  const group = openGroup(draft, groupKey, signal);
  const limit = signal.labels.severity === "critical" ? MAX_WITH_CRITICAL : MAX_GROUP_ALERTS;
  if (group.alertIds.length >= limit) {
    record(draft, "refused", groupKey, `${signal.name}: the group has ${limit} alerts already; give its rule fewer labels`);
    return;
  }
  draft.groups.set(groupKey, { ...group, alertIds: [...group.alertIds, id] });
  draft.alerts.set(id, {
    id,
    groupKey,
    status: isPending ? "pending" : "firing",
    source,
    signal,
    firedAtMs: draft.nowMs,
    severitySinceMs: draft.nowMs,
    lastRaisedAtMs: draft.nowMs,
    count: signal.count ?? 1,
    told: {},
    ...countErrors(draft, id, undefined, signal),
  });
  if (isPending) {
    record(draft, "pending", groupKey, `fires if it lasts ${(signal.pendingForMs ?? 0) / 1000} s`, id);
  } else {
    fire(draft, id, groupKey, signal);
  }
}

function fire(draft: Draft, id: string, groupKey: string, signal: AlertSignal): void {
  draft.turnedAlerts.add(id);
  record(draft, "fired", groupKey, signal.summary, id);
  noteBegin(draft, id, groupKey);
}

function openGroup(draft: Draft, key: string, signal: AlertSignal): Group {
  draft.touchedGroups.add(key);
  const known = draft.groups.get(key);
  if (known !== undefined) return known;
  const labels = Object.fromEntries(draft.settings.groupBy.map((label) => [label, signal.labels[label] ?? ""]));
  const group = { key, labels, alertIds: [], episode: 0, sequence: 0, dueAtMs: null, channels: {}, refused: {} };
  draft.groups.set(key, group);
  return group;
}

function raiseAgain(draft: Draft, known: Alert, signal: AlertSignal, source: RaiseSource): void {
  if (known.status === "pending") return raisePending(draft, known, signal, source);
  const refires = known.status === "resolved";
  const said = loudestLately(draft, known, signal, source);
  const severity = said.labels.severity;
  const before = known.signal.labels.severity;
  const rises = isLouder(severity, before);
  const hasNewError = isNewError(draft, known, signal);
  const { resolvedAtMs: _ended, endsAtMs: _ending, frozenSinceMs: _frozen, ...open } = known;
  draft.alerts.set(known.id, {
    ...open,
    status: "firing",
    source,
    signal: { ...said, startsAt: Math.min(signal.startsAt, known.signal.startsAt) },
    severitySinceMs: severity === before ? known.severitySinceMs : draft.nowMs,
    lastRaisedAtMs: draft.nowMs,
    ...(said === signal && { loudAtMs: draft.nowMs }),
    count: known.count + (signal.count ?? 1),
    ...countErrors(draft, known.id, known.errors, signal),
  });
  // A plain repetition changes nothing that falls due, save a later timeout, and that is looked at when the earlier one is due.
  if (refires || severity !== before || known.endsAtMs !== undefined) draft.touchedGroups.add(known.groupKey);
  if (refires || severity !== before) draft.turnedAlerts.add(known.id);
  if (severity !== before) draft.changedSeverities.add(known.id);
  if (refires) fire(draft, known.id, known.groupKey, signal);
  if (rises) {
    record(draft, "severity-rise", known.groupKey, `${signal.summary} (now ${severity})`, known.id);
    // Whoever acknowledged the lower severity has not seen the higher one.
    fall(draft, known.id, `it is ${severity} now`);
  }
  noteGrowth(draft, known.id, signal, hasNewError);
}

/**
 * What the alert says from now on. A worker raises single errors, the evaluator how things stand: an error that is quieter than one
 * of the last minutes says nothing against that one, which may not even be told yet.
 */
function loudestLately(draft: Draft, known: Alert, signal: AlertSignal, source: RaiseSource): AlertSignal {
  const isQuieter = isLouder(known.signal.labels.severity, signal.labels.severity);
  if (source !== "worker" || !isQuieter || known.status === "resolved") return signal;
  const loudAtMs = known.loudAtMs ?? known.severitySinceMs;
  return draft.nowMs - loudAtMs < draft.settings.resolveTimeoutMs ? known.signal : signal;
}

/** A pending alert fires once it has been raised for as long as its rule wants. */
function raisePending(draft: Draft, known: Alert, signal: AlertSignal, source: RaiseSource): void {
  const fires = draft.nowMs - known.firedAtMs >= (signal.pendingForMs ?? 0);
  const said = loudestLately(draft, known, signal, source);
  draft.alerts.set(known.id, {
    ...known,
    source,
    signal: { ...said, startsAt: Math.min(signal.startsAt, known.signal.startsAt) },
    lastRaisedAtMs: draft.nowMs,
    ...(said === signal && { loudAtMs: draft.nowMs }),
    count: known.count + (signal.count ?? 1),
    ...(fires && { status: "firing" as const, severitySinceMs: draft.nowMs }),
    ...countErrors(draft, known.id, known.errors, signal),
  });
  if (!fires) return;
  draft.touchedGroups.add(known.groupKey);
  fire(draft, known.id, known.groupKey, signal);
}

/** Growth since the last message that is news, though nothing else is: many times the count, or an error not seen for a day. */
function noteGrowth(draft: Draft, id: string, signal: AlertSignal, isNew: boolean): void {
  const alert = draft.alerts.get(id);
  const told = alert?.toldCount;
  if (alert === undefined || told === undefined || alert.acknowledged || alert.hold) return;
  if (alert.reminder && alert.reminder.atMs > told.atMs) return;
  const { factor, atLeast } = draft.settings.countRise;
  const isMany = alert.count >= told.count * factor && alert.count - told.count >= atLeast;
  if (!isMany && !isNew) return;
  const reason = isMany ? "count-rise" : "new-error";
  const text = isMany ? `${alert.count - told.count} more since it was told` : `a new error: ${signal.sample?.error ?? ""}`;
  draft.alerts.set(alert.id, { ...alert, reminder: { reason, atMs: draft.nowMs } });
  draft.touchedGroups.add(alert.groupKey);
  record(draft, reason, alert.groupKey, text, alert.id);
}

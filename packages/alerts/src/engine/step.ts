import type { Alert } from "../model/alert.ts";
import { acknowledge, expireAcknowledgements, unacknowledge } from "./acknowledge.ts";
import { decideGroup, dueContext, tellAcknowledged, tellClosed, tellOfRefusal } from "./decide.ts";
import { closeDraft, openDraft, record, type Changes, type Draft } from "./draft.ts";
import { nextDue } from "./due.ts";
import { escalate, escalatesAt } from "./escalate.ts";
import type { Effect, EngineEvent, Outcome } from "./event.ts";
import { holdsEndAt, inhibitionSources, refreshHolds, touchInhibited } from "./holds.ts";
import { claimJobs, nextJobAt, takeInOutcome } from "./jobs.ts";
import { saidOf, speaksFor } from "./queue.ts";
import { defaultSettings, type EngineSettings } from "./settings.ts";
import { addSilence, passSilences, removeSilence, silenceDueAt } from "./silences.ts";
import type { EngineState, Group } from "./state.ts";
import { expireAlerts, expiryOf, resolve, takeInBatch } from "./take-in.ts";
import { targetsAmong } from "./targets.ts";

/** What a step gives: the new state, what to do once it is stored, and which rows changed. */
export interface Step {
  state: EngineState;
  effects: Effect[];
  changes: Changes;
}

/**
 * One step of the alert engine: pure, with one `now`.
 *
 * Store `state` (or `changes`), then do the `effects`; then call again no later than `nextStepAt(state)`. Losing the effects in
 * a crash loses nothing: what was to be delivered is leased in the state and handed out again.
 *
 * @param nowMs epoch ms; earlier than the last step's counts as the last step's
 */
export function step(state: EngineState, event: EngineEvent, nowMs: number, settings: EngineSettings = defaultSettings): Step {
  const draft = openDraft(state, nowMs, settings);
  const alertsOf = groupIndex(draft);
  applyEvent(draft, event, alertsOf);
  const due = event.kind === "tick" ? passTime(draft, alertsOf) : [];
  holdAndRelease(draft, alertsOf);
  for (const key of due) decide(draft, key, alertsOf);
  if (event.kind === "tick") claimJobs(draft);
  settleTouchedGroups(draft, alertsOf);
  return { ...closeDraft(draft), effects: draft.effects };
}

/** Epoch ms at which the engine wants its next tick, or null while nothing can happen by itself. */
export function nextStepAt(state: EngineState, settings: EngineSettings = defaultSettings): number | null {
  let nextMs = nextJobAt(state);
  for (const silence of state.silences.values()) {
    const atMs = silenceDueAt(silence, settings);
    if (nextMs === null || atMs < nextMs) nextMs = atMs;
  }
  for (const { dueAtMs } of state.groups.values()) {
    if (dueAtMs !== null && (nextMs === null || dueAtMs < nextMs)) nextMs = dueAtMs;
  }
  return nextMs;
}

/** Reads the alerts of a group. */
type AlertsOf = (groupKey: string) => Alert[];

function applyEvent(draft: Draft, event: EngineEvent, alertsOf: AlertsOf): void {
  switch (event.kind) {
    case "raise":
      return takeInBatch(draft, event.batch);
    case "acknowledge":
      for (const key of acknowledge(draft, event)) {
        if (event.from !== "pagerduty") tellAcknowledged(draft, key, alertsOf(key));
      }
      return;
    case "unacknowledge":
      return unacknowledge(draft, event);
    case "silence":
      return addSilence(draft, event.silence);
    case "unsilence":
      return removeSilence(draft, event.id, `ended by ${event.by}`);
    case "close":
      return close(draft, event.worker, event.by);
    case "outcome":
      return takeOutcome(draft, event.jobId, event.outcome, alertsOf);
    case "reconsider":
      for (const key of draft.groups.keys()) draft.touchedGroups.add(key);
      return;
    case "tick":
      return;
  }
}

/** Lets everything run out whose time has come; gives the groups that are to be decided. */
function passTime(draft: Draft, alertsOf: AlertsOf): string[] {
  passSilences(draft);
  const due = [...draft.groups.values()]
    .filter(({ dueAtMs }) => dueAtMs !== null && dueAtMs <= draft.nowMs)
    .map(({ key }) => key);
  for (const key of due) {
    draft.touchedGroups.add(key);
    expireAlerts(draft, alertsOf(key));
    expireAcknowledgements(draft, alertsOf(key));
  }
  return due;
}

function holdAndRelease(draft: Draft, alertsOf: AlertsOf): void {
  touchInhibited(draft);
  const sources = inhibitionSources(draft);
  for (const key of [...draft.touchedGroups]) refreshHolds(draft, alertsOf(key), sources);
}

function decide(draft: Draft, groupKey: string, alertsOf: AlertsOf): void {
  escalate(draft, alertsOf(groupKey));
  const group = draft.groups.get(groupKey);
  if (group) decideGroup(draft, group, alertsOf(groupKey));
}

/** Ends every alert of a worker, and tells each target once. */
function close(draft: Draft, worker: string, by: string): void {
  const open = [...draft.alerts.values()].filter(({ signal }) => signal.labels.worker === worker && !signal.drill);
  for (const alert of open) {
    if (alert.status !== "resolved") resolve(draft, alert, alert.signal, `closed by ${by}`);
    record(draft, "closed", alert.groupKey, `by ${by}`, alert.id);
  }
  tellClosed(
    draft,
    open.flatMap(({ id }) => draft.alerts.get(id) ?? []),
    by,
  );
}

function takeOutcome(draft: Draft, jobId: string, outcome: Outcome, alertsOf: AlertsOf): void {
  const refused = takeInOutcome(draft, jobId, outcome);
  if (refused === undefined) return;
  const detail = outcome.kind === "delivered" ? "" : outcome.reason;
  // Of a group that a digest sums up both are said; each group's others hear of it once.
  for (const { groupKey, kind } of saidOf(refused)) {
    const group = draft.groups.get(groupKey);
    if (group === undefined || kind === "digest" || group.refused[refused.channel] !== undefined) continue;
    draft.groups.set(group.key, { ...group, refused: { ...group.refused, [refused.channel]: detail } });
    if (kind === "firing") tellOfRefusal(draft, group.key, alertsOf(group.key), refused.channel);
  }
}

/** Forgets what is over and works out when each touched group falls due next. */
function settleTouchedGroups(draft: Draft, alertsOf: AlertsOf): void {
  for (const key of draft.touchedGroups) {
    const group = draft.groups.get(key);
    if (group === undefined) continue;
    const alerts = alertsOf(key).filter((alert) => keepAlert(draft, alert));
    const kept = { ...group, alertIds: alerts.map(({ id }) => id) };
    if (alerts.length > 0) setDue(draft, kept, dueOf(draft, kept, alerts));
    else if (hasJobs(draft, key)) setDue(draft, { ...kept, episode: 0, refused: {} }, null);
    else draft.groups.delete(key);
  }
}

/** Keeps an alert while it fires, may fire, or somebody still has to hear that it ended. */
function keepAlert(draft: Draft, alert: Alert): boolean {
  if (alert.status !== "resolved" || Object.keys(alert.told).length > 0) return true;
  draft.alerts.delete(alert.id);
  return false;
}

function dueOf(draft: Draft, group: Group, alerts: readonly Alert[]): number | null {
  const { settings } = draft;
  const context = dueContext(draft);
  const decisions = targetsAmong(alerts, settings).map(
    (target) => nextDue(target, alerts, group.channels[target], context)?.atMs ?? Infinity,
  );
  const turns = alerts.map((alert) =>
    Math.min(
      expiryOf(alert, settings.resolveTimeoutMs) ?? Infinity,
      (alert.status === "firing" && alert.acknowledged?.untilMs) || Infinity,
      escalatesAt(alert, settings) ?? Infinity,
    ),
  );
  const dueAtMs = Math.min(...decisions, ...turns, holdsEndAt(alerts.filter(({ status }) => status === "firing")));
  return dueAtMs === Infinity ? null : dueAtMs;
}

function setDue(draft: Draft, group: Group, dueAtMs: number | null): void {
  draft.groups.set(group.key, { ...group, dueAtMs });
}

function hasJobs(draft: Draft, groupKey: string): boolean {
  for (const job of draft.jobs.values()) if (speaksFor(job, groupKey)) return true;
  return false;
}

/** Alerts of a group as the draft has them. */
function groupIndex(draft: Draft): AlertsOf {
  return (groupKey) => (draft.groups.get(groupKey)?.alertIds ?? []).flatMap((id) => draft.alerts.get(id) ?? []);
}

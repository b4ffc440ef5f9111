import type { Alert } from "../model/alert.ts";
import { decideGroup, tellOfRefusal } from "./decide.ts";
import { closeDraft, openDraft, record, type Changes, type Draft } from "./draft.ts";
import { nextDue } from "./due.ts";
import type { Effect, EngineEvent, Outcome } from "./event.ts";
import { claimJobs, nextJobAt, takeInOutcome } from "./jobs.ts";
import { defaultSettings, type EngineSettings } from "./settings.ts";
import type { EngineState, Group } from "./state.ts";
import { expireAlerts, expiryOf, takeInBatch } from "./take-in.ts";
import { CHANNEL_NAMES } from "../routing/routes.ts";

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
  const index = groupIndex(draft);
  applyEvent(draft, event, index);
  if (event.kind === "tick") passTime(draft, index);
  settleTouchedGroups(draft, index);
  return { ...closeDraft(draft), effects: draft.effects };
}

/** Epoch ms at which the engine wants its next tick, or null while nothing can happen by itself. */
export function nextStepAt(state: EngineState): number | null {
  let nextMs = nextJobAt(state);
  for (const { dueAtMs } of state.groups.values()) {
    if (dueAtMs !== null && (nextMs === null || dueAtMs < nextMs)) nextMs = dueAtMs;
  }
  return nextMs;
}

/** Reads the alerts of a group; the whole state is gone through at most once in a step, and only if a group is looked at. */
type AlertsOf = (groupKey: string) => Alert[];

function applyEvent(draft: Draft, event: EngineEvent, alertsOf: AlertsOf): void {
  switch (event.kind) {
    case "raise":
      return takeInBatch(draft, event.batch);
    case "acknowledge":
      return acknowledge(draft, event.target, event.by);
    case "outcome":
      return takeOutcome(draft, event.jobId, event.outcome, alertsOf);
    case "tick":
      return;
  }
}

function passTime(draft: Draft, alertsOf: AlertsOf): void {
  for (const group of [...draft.groups.values()]) {
    if (group.dueAtMs === null || group.dueAtMs > draft.nowMs) continue;
    draft.touchedGroups.add(group.key);
    expireAlerts(draft, alertsOf(group.key));
    decideGroup(draft, group, alertsOf(group.key));
  }
  claimJobs(draft);
}

function acknowledge(draft: Draft, target: string, by: string): void {
  for (const alert of [...draft.alerts.values()]) {
    if ((alert.id !== target && alert.groupKey !== target) || alert.status !== "firing" || alert.acknowledged) continue;
    draft.alerts.set(alert.id, { ...alert, acknowledged: { by, atMs: draft.nowMs } });
    draft.touchedGroups.add(alert.groupKey);
    record(draft, "acknowledged", alert.groupKey, `by ${by}`, alert.id);
  }
}

function takeOutcome(draft: Draft, jobId: string, outcome: Outcome, alertsOf: AlertsOf): void {
  const refused = takeInOutcome(draft, jobId, outcome);
  const group = refused && draft.groups.get(refused.groupKey);
  if (refused === undefined || group === undefined || group.refused[refused.channel] !== undefined) return;
  const detail = outcome.kind === "delivered" ? "" : outcome.reason;
  draft.groups.set(group.key, { ...group, refused: { ...group.refused, [refused.channel]: detail } });
  if (refused.record.kind === "firing") tellOfRefusal(draft, group.key, alertsOf(group.key), refused.channel);
}

/** Forgets what is over and works out when each touched group falls due next. */
function settleTouchedGroups(draft: Draft, alertsOf: AlertsOf): void {
  for (const key of draft.touchedGroups) {
    const group = draft.groups.get(key);
    if (group === undefined) continue;
    const alerts = alertsOf(key).filter((alert) => keepAlert(draft, alert));
    if (alerts.length > 0) setDue(draft, group, dueOf(draft, group, alerts));
    else if (hasJobs(draft, key)) setDue(draft, { ...group, episode: 0, refused: {} }, null);
    else draft.groups.delete(key);
  }
}

/** Keeps an alert while it fires or somebody still has to hear that it ended. */
function keepAlert(draft: Draft, alert: Alert): boolean {
  if (alert.status === "firing" || Object.keys(alert.told).length > 0) return true;
  draft.alerts.delete(alert.id);
  return false;
}

function dueOf(draft: Draft, group: Group, alerts: readonly Alert[]): number | null {
  const decisions = CHANNEL_NAMES.map(
    (channel) => nextDue(channel, alerts, group.channels[channel], draft.settings)?.atMs ?? Infinity,
  );
  const ends = alerts.map((alert) => expiryOf(alert, draft.settings.resolveTimeoutMs) ?? Infinity);
  const dueAtMs = Math.min(...decisions, ...ends);
  return dueAtMs === Infinity ? null : dueAtMs;
}

function setDue(draft: Draft, group: Group, dueAtMs: number | null): void {
  draft.groups.set(group.key, { ...group, dueAtMs });
}

function hasJobs(draft: Draft, groupKey: string): boolean {
  for (const job of draft.jobs.values()) if (job.groupKey === groupKey) return true;
  return false;
}

/** Alerts by group as the draft has them; listed on first use, after which a step only ends or forgets alerts, never adds one. */
function groupIndex(draft: Draft): AlertsOf {
  let ids: Map<string, string[]> | undefined;
  return (groupKey) => {
    ids ??= idsByGroup(draft.alerts.values());
    return (ids.get(groupKey) ?? []).flatMap((id) => draft.alerts.get(id) ?? []);
  };
}

function idsByGroup(alerts: Iterable<Alert>): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, groupKey } of alerts) {
    const list = ids.get(groupKey);
    if (list) list.push(id);
    else ids.set(groupKey, [id]);
  }
  return ids;
}

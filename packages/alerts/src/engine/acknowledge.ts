import type { Alert } from "../model/alert.ts";
import { isNewBatch } from "./batches.ts";
import { record, type Draft } from "./draft.ts";
import type { EngineEvent } from "./event.ts";

type Acknowledge = Extract<EngineEvent, { kind: "acknowledge" }>;
type Unacknowledge = Extract<EngineEvent, { kind: "unacknowledge" }>;

/** Somebody has the alert (or every alert of the group); gives the groups in which that is news. */
export function acknowledge(draft: Draft, event: Acknowledge): string[] {
  if (event.id !== undefined && !isNewBatch(draft, event.id)) return [];
  const groups = new Set<string>();
  for (const alert of targeted(draft, event.target)) {
    if (alert.status !== "firing" || alert.acknowledged || isOfAnEarlierOutage(alert, event)) continue;
    const { reminder: _reminder, ...quiet } = alert;
    const acknowledged = { by: event.by, atMs: draft.nowMs, untilMs: draft.nowMs + draft.settings.acknowledgementMs };
    draft.alerts.set(alert.id, { ...quiet, acknowledged });
    draft.touchedGroups.add(alert.groupKey);
    groups.add(alert.groupKey);
    record(draft, "acknowledged", alert.groupKey, `by ${event.by}${event.from ? " in PagerDuty" : ""}`, alert.id);
  }
  return [...groups];
}

/** Takes acknowledgements back: the alerts are repeated and escalated again. */
export function unacknowledge(draft: Draft, event: Unacknowledge): void {
  if (event.id !== undefined && !isNewBatch(draft, event.id)) return;
  for (const alert of targeted(draft, event.target)) {
    if (!isOfAnEarlierOutage(alert, event)) fall(draft, alert.id, `taken back by ${event.by}`);
  }
}

/** Ends the acknowledgements of a group whose time is over; each alert is told again. */
export function expireAcknowledgements(draft: Draft, alerts: readonly Alert[]): void {
  for (const { id, acknowledged } of alerts) {
    if (acknowledged === undefined || acknowledged.untilMs > draft.nowMs) continue;
    fall(draft, id, `it was ${acknowledged.by}'s for ${draft.settings.acknowledgementMs / 3_600_000} h and still fires`);
    const alert = draft.alerts.get(id);
    if (alert?.status !== "firing") continue;
    draft.alerts.set(id, { ...alert, reminder: { reason: "acknowledgement-expired", atMs: draft.nowMs } });
  }
}

/** Lets an acknowledgement fall; escalation begins anew at the level it had. */
export function fall(draft: Draft, id: string, why: string): void {
  const alert = draft.alerts.get(id);
  if (alert?.acknowledged === undefined) return;
  const { acknowledged: _acknowledged, ...open } = alert;
  draft.alerts.set(id, { ...open, ...(open.escalation && { escalation: { ...open.escalation, sinceMs: draft.nowMs } }) });
  draft.touchedGroups.add(alert.groupKey);
  record(draft, "acknowledgement-fell", alert.groupKey, why, id);
}

function targeted(draft: Draft, target: string): Alert[] {
  const one = draft.alerts.get(target);
  if (one) return [one];
  return (draft.groups.get(target)?.alertIds ?? []).flatMap((id) => draft.alerts.get(id) ?? []);
}

/** Word that was given before the alert began is about another outage. */
function isOfAnEarlierOutage(alert: Alert, { atMs }: { atMs?: number }): boolean {
  return atMs !== undefined && atMs < alert.firedAtMs;
}

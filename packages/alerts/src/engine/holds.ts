import type { Alert, Hold } from "../model/alert.ts";
import { labelOf, matches } from "../model/matcher.ts";
import { isActive, silenceText } from "../model/silence.ts";
import { record, type Draft } from "./draft.ts";
import type { Inhibition } from "./settings.ts";

/** Brings the holds of alerts up to date: who is silenced, inhibited or muted now. Transitions are written into the history. */
export function refreshHolds(draft: Draft, alerts: readonly Alert[], sources: InhibitionSources): void {
  for (const { id } of alerts) {
    const alert = draft.alerts.get(id);
    if (alert?.status !== "firing") continue;
    const hold = alert.signal.drill ? undefined : holdOf(draft, alert, sources);
    if (hold?.kind === alert.hold?.kind && hold?.by === alert.hold?.by && hold?.text === alert.hold?.text) continue;
    const { hold: before, ...free } = alert;
    if (hold) draft.alerts.set(id, { ...free, hold });
    else draft.alerts.set(id, before?.kind === "silenced" ? heardAgain(draft, free) : free);
    draft.touchedGroups.add(alert.groupKey);
    if (hold) record(draft, "held", alert.groupKey, hold.text, id);
    else if (before) record(draft, "released", alert.groupKey, `no longer ${before.kind}`, id);
  }
}

/** A silence has ended and the alert still fires: it is told, and escalation begins anew at the level it had. */
function heardAgain(draft: Draft, alert: Alert): Alert {
  if (alert.acknowledged) return alert;
  return {
    ...alert,
    reminder: { reason: "silence-ended", atMs: draft.nowMs },
    ...(alert.escalation && { escalation: { ...alert.escalation, sinceMs: draft.nowMs } }),
  };
}

/** When the holds of these alerts end by themselves, or Infinity. */
export function holdsEndAt(alerts: readonly Alert[]): number {
  return Math.min(...alerts.map(({ hold }) => (hold && "untilMs" in hold ? hold.untilMs : Infinity)), Infinity);
}

/** Touches the groups of alerts that may be inhibited, or no longer, because of alerts that turned in this step. */
export function touchInhibited(draft: Draft): void {
  const turned = [...draft.turnedAlerts].flatMap((id) => draft.alerts.get(id) ?? []);
  for (const rule of draft.settings.inhibitions) {
    const sources = turned.filter(({ id, signal }) => draft.changedSeverities.has(id) || matches(rule.source, signal));
    const keys = new Set(sources.map((alert) => equalKey(rule, alert)));
    if (keys.size === 0) continue;
    for (const alert of draft.alerts.values()) {
      if (alert.status === "firing" && keys.has(equalKey(rule, alert)) && matches(rule.target, alert.signal)) {
        draft.touchedGroups.add(alert.groupKey);
      }
    }
  }
}

/** Firing alerts by rule and equal labels: whether somebody inhibits is one look-up. */
export type InhibitionSources = (rule: Inhibition, alert: Alert) => readonly Alert[];

/** Sources of a draft, listed on first use. Alerts may not turn afterwards in the same step. */
export function inhibitionSources(draft: Draft): InhibitionSources {
  let byKey: Map<string, Alert[]> | undefined;
  return (rule, alert) => {
    byKey ??= listSources(draft);
    return byKey.get(`${rule.name}\u0000${equalKey(rule, alert)}`) ?? [];
  };
}

function listSources(draft: Draft): Map<string, Alert[]> {
  const byKey = new Map<string, Alert[]>();
  for (const alert of draft.alerts.values()) {
    if (alert.status !== "firing" || alert.signal.drill) continue;
    for (const rule of draft.settings.inhibitions) {
      if (!matches(rule.source, alert.signal)) continue;
      const key = `${rule.name}\u0000${equalKey(rule, alert)}`;
      const list = byKey.get(key);
      if (list) list.push(alert);
      else byKey.set(key, [alert]);
    }
  }
  return byKey;
}

function holdOf(draft: Draft, alert: Alert, sources: InhibitionSources): Hold | undefined {
  const silence = [...draft.silences.values()]
    .filter((one) => isActive(one, draft.nowMs) && matches(one.matchers, alert.signal))
    // The one that lasts longest: when it ends, nothing holds any more.
    .sort((a, b) => b.untilMs - a.untilMs)[0];
  if (silence) return { kind: "silenced", by: silence.id, untilMs: silence.untilMs, text: `silenced (${silenceText(silence)})` };
  const inhibited = inhibitionOf(draft, alert, sources);
  if (inhibited) return inhibited;
  const quiet = draft.settings.routing.quiet(alert.signal.labels, draft.nowMs);
  return quiet ? { kind: "muted", by: quiet.name, untilMs: quiet.untilMs, text: `muted by ${quiet.name}` } : undefined;
}

function inhibitionOf(draft: Draft, alert: Alert, sources: InhibitionSources): Hold | undefined {
  for (const rule of draft.settings.inhibitions) {
    if (!matches(rule.target, alert.signal)) continue;
    // An alert that is on both sides of a rule is not hidden by another that is: two would hide each other.
    const isSource = matches(rule.source, alert.signal);
    const source = sources(rule, alert).find((one) => one.id !== alert.id && !(isSource && matches(rule.target, one.signal)));
    if (source) return { kind: "inhibited", by: source.id, text: `inhibited by ${source.signal.name} (${rule.name})` };
  }
  return undefined;
}

function equalKey(rule: Inhibition, alert: Alert): string {
  return rule.equal.map((label) => labelOf(alert.signal, label)).join("\u0000");
}

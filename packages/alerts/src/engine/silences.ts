import type { Alert } from "../model/alert.ts";
import { matches } from "../model/matcher.ts";
import { isActive, silenceText, type Silence } from "../model/silence.ts";
import { channelOf } from "../model/target.ts";
import { tellNotice } from "./decide.ts";
import { record, type Draft } from "./draft.ts";
import type { EngineSettings } from "./settings.ts";
import { targetsOf } from "./targets.ts";

/** History of what concerns no group. */
const NO_GROUP = "";

/** Takes a silence in; one whose id is known changes nothing. */
export function addSilence(draft: Draft, silence: Silence): void {
  if (draft.silences.get(silence.id) !== undefined) return;
  const isNow = isActive(silence, draft.nowMs);
  draft.silences.set(silence.id, isNow ? { ...silence, startedAtMs: draft.nowMs } : silence);
  record(draft, "silenced", NO_GROUP, `${silence.id}: ${silenceText(silence)}`);
  if (isNow) touchMatching(draft, silence);
}

/** Ends a silence; alerts that it held back and that still fire are told. */
export function removeSilence(draft: Draft, id: string, why: string): void {
  const silence = draft.silences.get(id);
  if (silence === undefined) return;
  draft.silences.delete(id);
  record(draft, "silence-ended", NO_GROUP, `${id}: ${why} (${silenceText(silence)})`);
  touchMatching(draft, silence);
}

/** Starts, announces and ends silences whose time has come. */
export function passSilences(draft: Draft): void {
  for (const silence of [...draft.silences.values()]) {
    if (silence.untilMs <= draft.nowMs) removeSilence(draft, silence.id, "its time is over");
    else {
      if (silence.startedAtMs === undefined && silence.fromMs <= draft.nowMs) start(draft, silence);
      if (warnsAt(silence, draft.settings) <= draft.nowMs) warn(draft, silence.id);
    }
  }
}

/** When a silence wants attention next. */
export function silenceDueAt(silence: Silence, settings: EngineSettings): number {
  const startsAtMs = silence.startedAtMs === undefined ? silence.fromMs : Infinity;
  return Math.min(startsAtMs, warnsAt(silence, settings), silence.untilMs);
}

/** A silence no longer than the warning is short enough to remember. */
function warnsAt(silence: Silence, { silenceWarningMs }: EngineSettings): number {
  const isShort = silence.untilMs - silence.fromMs <= silenceWarningMs;
  return isShort || silence.warnedAtMs !== undefined ? Infinity : silence.untilMs - silenceWarningMs;
}

function start(draft: Draft, silence: Silence): void {
  draft.silences.set(silence.id, { ...silence, startedAtMs: draft.nowMs });
  touchMatching(draft, silence);
}

/** Warns those who would hear of what it hides, one message for each group; a page is not woken for it. */
function warn(draft: Draft, id: string): void {
  const silence = draft.silences.get(id);
  if (silence === undefined) return;
  draft.silences.set(id, { ...silence, warnedAtMs: draft.nowMs });
  const hidden = [...draft.alerts.values()].filter(({ status, hold }) => status === "firing" && hold?.by === id);
  for (const groupKey of new Set(hidden.map((alert) => alert.groupKey))) {
    const alerts = hidden.filter((alert) => alert.groupKey === groupKey);
    const targets = alerts
      .flatMap((alert) => targetsOf(alert, draft.settings))
      .filter((target) => channelOf(target) !== "pagerduty");
    tellNotice(draft, groupKey, "silence-ending", alerts, targets, [
      `Silenced by ${silence.by} until the time below: ${silence.why}`,
    ]);
  }
}

function touchMatching(draft: Draft, silence: Silence): void {
  for (const alert of matching(draft.alerts.values(), silence)) draft.touchedGroups.add(alert.groupKey);
}

/** Alerts that fire and that a silence would hide: its preview. */
export function matching(alerts: Iterable<Alert>, { matchers }: Pick<Silence, "matchers">): Alert[] {
  return [...alerts].filter((alert) => alert.status !== "resolved" && !alert.signal.drill && matches(matchers, alert.signal));
}

import { record, type Draft } from "./draft.ts";

/** Alerts whose beginnings are remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 5_000;

/** Writes down that an alert has begun (again), and says so once when that makes it flap. */
export function noteBegin(draft: Draft, alertId: string, groupKey: string): void {
  const { begins, windowMs, quietMs } = draft.settings.flapping;
  const wasFlapping = isFlapping(draft, alertId);
  const lately = (draft.begins.get(alertId) ?? []).filter((atMs) => draft.nowMs - atMs < windowMs);
  draft.begins.delete(alertId);
  draft.begins.set(alertId, [...lately, draft.nowMs].slice(-begins));
  for (const oldest of draft.begins.keys()) {
    if (draft.begins.size() <= MAX_REMEMBERED) break;
    draft.begins.delete(oldest);
  }
  if (isFlapping(draft, alertId) && !wasFlapping) {
    const text = `began ${begins} times within ${windowMs / 60_000} min: its end is told after ${quietMs / 60_000} min of quiet`;
    record(draft, "flapping", groupKey, text, alertId);
  }
}

/** True while an alert has begun too often lately. */
export function isFlapping(
  draft: Pick<Draft, "nowMs" | "settings"> & { begins: { get(id: string): readonly number[] | undefined } },
  alertId: string,
): boolean {
  const { begins, windowMs } = draft.settings.flapping;
  return (draft.begins.get(alertId) ?? []).filter((atMs) => draft.nowMs - atMs < windowMs).length >= begins;
}

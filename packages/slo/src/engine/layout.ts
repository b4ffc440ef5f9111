import type { Slo, SloAlertId, SloWindow } from "../model/slo.ts";
import { criteriaOf } from "./criteria.ts";
import type { Criteria } from "./criteria.ts";
import { allRules } from "./decide.ts";
import { windowLengths } from "./evaluate.ts";
import { tierOf } from "./window.ts";
import type { TierSpan } from "./window.ts";

/**
 * Where the figures of a list of SLOs stand in flat arrays, worked out once per list. SLO i has the windows `windowsFrom[i]` up to, not
 * including, `windowsFrom[i + 1]`; its alerts likewise.
 */
export interface Layout {
  readonly slos: readonly Slo[];
  readonly names: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** SLOs sorted by name, as packed rows hold them, and the place of each in that order. */
  readonly byName: Int32Array;
  readonly rankOf: Int32Array;
  /** Shortest first, so that the first one is the newest minutes. */
  readonly windowsFrom: Int32Array;
  /** Keys of `windowLengths`: minutes, 0 for a calendar window. */
  readonly windowKey: Int32Array;
  /** Windows of one length begin at one minute and are read from the same rows; a calendar window is a group of its own. */
  readonly groups: readonly WindowGroup[];
  readonly groupOf: Int32Array;
  /** What each SLO is judged by. */
  readonly criteria: readonly Criteria[];
  readonly alertsFrom: Int32Array;
  /** The alerts of an SLO in the order of `decide`: its rules, those of its budget, the one for missing data. */
  readonly alertIds: readonly SloAlertId[];
}

/** Windows that move as one. */
export interface WindowGroup {
  readonly key: number;
  /** Minutes of the cells they are read with. */
  readonly spanMinutes: TierSpan;
  /** The window of an SLO that has them. */
  readonly of: SloWindow;
}

const LAYOUTS = new WeakMap<readonly Slo[], Layout>();

/** The layout of a list; the same list has the same one. */
export function layoutOf(slos: readonly Slo[]): Layout {
  const known = LAYOUTS.get(slos);
  if (known !== undefined) return known;
  const fresh = makeLayout(slos);
  LAYOUTS.set(slos, fresh);
  return fresh;
}

/** The cells a window with this key is read with; a calendar window (0) is read by the hour. */
export function spanOfLength(length: number): TierSpan {
  return length === 0 ? 60 : tierOf(length);
}

/** All alerts that an SLO can have, in the order of `decide`. */
export function alertIdsOf(slo: Slo): SloAlertId[] {
  const levels: SloAlertId[] = slo.budgetAlerts.hasLevels ? ["budget-low", "budget-exhausted"] : [];
  return [...allRules(slo).map((rule) => rule.id), ...levels, ...(slo.noData.alert === "off" ? [] : (["no-data"] as const))];
}

function makeLayout(slos: readonly Slo[]): Layout {
  const names = slos.map((slo) => slo.name);
  const order = [...names.keys()].sort((a, b) => ((names[a] ?? "") < (names[b] ?? "") ? -1 : 1));
  const rankOf = new Int32Array(slos.length);
  order.forEach((index, rank) => (rankOf[index] = rank));
  const [windowsFrom, alertsFrom] = [[0], [0]];
  const windowKey: number[] = [];
  const groupOf: number[] = [];
  const groups: WindowGroup[] = [];
  const groupOfKey = new Map<number, number>();
  const alertIds: SloAlertId[] = [];
  for (const slo of slos) {
    const lengths = windowLengths(slo);
    for (const key of lengths) {
      const group =
        (key === 0 ? undefined : groupOfKey.get(key)) ?? groups.push({ key, spanMinutes: spanOfLength(key), of: slo.window }) - 1;
      groupOfKey.set(key, group);
      groupOf.push(group);
      windowKey.push(key);
    }
    alertIds.push(...alertIdsOf(slo));
    windowsFrom.push(windowKey.length);
    alertsFrom.push(alertIds.length);
  }
  return {
    slos,
    names,
    indexOf: new Map(names.map((name, index) => [name, index])),
    byName: Int32Array.from(order),
    rankOf,
    windowsFrom: Int32Array.from(windowsFrom),
    windowKey: Int32Array.from(windowKey),
    groups,
    groupOf: Int32Array.from(groupOf),
    criteria: criteriaOf(slos),
    alertsFrom: Int32Array.from(alertsFrom),
    alertIds,
  };
}

import type { Alert } from "../model/alert.ts";
import type { HistoryEntry } from "../model/record.ts";
import type { Silence } from "../model/silence.ts";
import type { Effect } from "./event.ts";
import type { EngineSettings } from "./settings.ts";
import type { EngineState, Group, Job } from "./state.ts";
import { VersionedMap } from "./versioned-map.ts";

/** A map that makes a version of its own on its first change and remembers which keys changed. */
export interface DraftMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  values(): Iterable<V>;
  size(): number;
  keys(): Iterable<string>;
  /** The map after all changes: the original where nothing changed. */
  result(): ReadonlyMap<string, V>;
  /** Changed keys with their new value, undefined where deleted. */
  changes(): ReadonlyMap<string, V | undefined>;
}

/** The state during one step: everything reads and writes this, with one `now`. */
export interface Draft {
  readonly nowMs: number;
  readonly settings: EngineSettings;
  readonly alerts: DraftMap<Alert>;
  readonly groups: DraftMap<Group>;
  readonly jobs: DraftMap<Job>;
  readonly batches: DraftMap<number>;
  readonly silences: DraftMap<Silence>;
  readonly begins: DraftMap<readonly number[]>;
  readonly seenErrors: DraftMap<number>;
  lastEpisode: number;
  lastOrder: number;
  pausedUntilMs: EngineState["pausedUntilMs"];
  /** Groups whose alerts or jobs changed in this step. */
  readonly touchedGroups: Set<string>;
  /** Alerts that began, ended or changed severity in this step: others may be inhibited by them. */
  readonly turnedAlerts: Set<string>;
  /** Those of them whose severity changed: what they were is not known any more. */
  readonly changedSeverities: Set<string>;
  readonly effects: Effect[];
}

/** Rows that a step changed, for a shell that stores rows. */
export interface Changes {
  alerts: ReadonlyMap<string, Alert | undefined>;
  groups: ReadonlyMap<string, Group | undefined>;
  jobs: ReadonlyMap<string, Job | undefined>;
  batches: ReadonlyMap<string, number | undefined>;
  silences: ReadonlyMap<string, Silence | undefined>;
  begins: ReadonlyMap<string, readonly number[] | undefined>;
  seenErrors: ReadonlyMap<string, number | undefined>;
}

/** Opens a step. `nowMs` earlier than the last step's counts as the last step's. */
export function openDraft(state: EngineState, nowMs: number, settings: EngineSettings): Draft {
  return {
    nowMs: Math.max(nowMs, state.nowMs),
    settings,
    alerts: draftMap(state.alerts),
    groups: draftMap(state.groups),
    jobs: draftMap(state.jobs),
    batches: draftMap(state.batches),
    silences: draftMap(state.silences),
    begins: draftMap(state.begins),
    seenErrors: draftMap(state.seenErrors),
    lastEpisode: state.lastEpisode,
    lastOrder: state.lastOrder,
    pausedUntilMs: state.pausedUntilMs,
    touchedGroups: new Set(),
    turnedAlerts: new Set(),
    changedSeverities: new Set(),
    effects: [],
  };
}

/** Ends a step. */
export function closeDraft(draft: Draft): { state: EngineState; changes: Changes } {
  const { nowMs, lastEpisode, lastOrder, pausedUntilMs, alerts, groups, jobs, batches, silences, begins, seenErrors } = draft;
  return {
    state: {
      nowMs,
      lastEpisode,
      lastOrder,
      pausedUntilMs,
      alerts: alerts.result(),
      groups: groups.result(),
      jobs: jobs.result(),
      batches: batches.result(),
      silences: silences.result(),
      begins: begins.result(),
      seenErrors: seenErrors.result(),
    },
    changes: {
      alerts: alerts.changes(),
      groups: groups.changes(),
      jobs: jobs.changes(),
      batches: batches.changes(),
      silences: silences.changes(),
      begins: begins.changes(),
      seenErrors: seenErrors.changes(),
    },
  };
}

/** Writes a line of history about a group or one of its alerts. */
export function record(draft: Draft, event: HistoryEntry["event"], groupKey: string, text: string, alertId?: string): void {
  const entry: HistoryEntry = { atMs: draft.nowMs, event, groupKey, text, ...(alertId !== undefined && { alertId }) };
  draft.effects.push({ kind: "record-history", entry });
}

function draftMap<V>(base: ReadonlyMap<string, V>): DraftMap<V> {
  let version: VersionedMap<V> | undefined;
  const changed = new Map<string, V | undefined>();
  const current = (): ReadonlyMap<string, V> => version ?? base;
  const writable = (): VersionedMap<V> => (version ??= VersionedMap.of(base).branch());
  return {
    get: (key) => current().get(key),
    set(key, value) {
      writable().set(key, value);
      changed.set(key, value);
    },
    delete(key) {
      if (current().has(key) && writable().delete(key)) changed.set(key, undefined);
    },
    values: () => current().values(),
    size: () => current().size,
    keys: () => current().keys(),
    result() {
      version?.seal();
      return current();
    },
    changes: () => changed,
  };
}

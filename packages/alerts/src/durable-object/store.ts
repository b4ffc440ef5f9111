import type { Changes } from "../engine/draft.ts";
import type { EngineState, Group, Job } from "../engine/state.ts";
import { emptyState } from "../engine/state.ts";
import type { Effect } from "../engine/event.ts";
import type { Step } from "../engine/step.ts";
import type { Alert } from "../model/alert.ts";
import type { HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { Silence } from "../model/silence.ts";
import type { Enrichment } from "../notification/enrichment.ts";
import type { Notification } from "../notification/notification.ts";

/** Rows of the past that are kept; the state of open alerts is always kept whole. */
const KEPT = { history: 5_000, notifications: 2_000 };

const TABLES = [
  "CREATE TABLE IF NOT EXISTS engine (id INTEGER PRIMARY KEY CHECK (id = 1), row TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, position INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS silences (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS begins (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS seen_errors (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS notifications (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, row TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS deliveries (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, row TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS history (seq INTEGER PRIMARY KEY AUTOINCREMENT, row TEXT NOT NULL)",
  "CREATE INDEX IF NOT EXISTS history_of_group ON history (json_extract(row, '$.groupKey'))",
];

/** The engine's state and past as rows: a small row for each alert, group, job and notification. */
export interface AlertStore {
  load(): EngineState;
  /** Writes what steps changed, one after the other, all of it or nothing. */
  save(steps: readonly Step[]): void;
  notification(id: string): Notification | undefined;
  /** Newest first. */
  deliveries(limit: number): NotificationRecord[];
  /** Newest first. */
  history(limit: number): HistoryEntry[];
  /** Of one group, newest first. */
  historyOf(groupKey: string, limit: number): HistoryEntry[];
  /** The group of an alert of the past, or undefined for one that is not known. */
  groupOf(alertId: string): string | undefined;
  /** Puts what was found out about a notification into it, so that a retry says the same. */
  enrich(id: string, enrichment: Enrichment): void;
  /** Forgets what lies too far back. */
  prune(): void;
}

/** Opens the store, with its tables. */
export function openStore(storage: DurableObjectStorage): AlertStore {
  const { sql } = storage;
  for (const table of TABLES) sql.exec(table);

  return {
    load: () => load(sql),
    save(steps) {
      storage.transactionSync(() => {
        writeChanges(sql, steps);
        for (const { effects } of steps) for (const effect of effects) writeEffect(sql, effect);
      });
    },
    notification: (id) => rows<Notification>(sql, "SELECT row FROM notifications WHERE id = ?", id)[0],
    deliveries: (limit) => rows<NotificationRecord>(sql, "SELECT row FROM deliveries ORDER BY seq DESC LIMIT ?", limit),
    history: (limit) => rows<HistoryEntry>(sql, "SELECT row FROM history ORDER BY seq DESC LIMIT ?", limit),
    historyOf: (groupKey, limit) =>
      rows<HistoryEntry>(
        sql,
        "SELECT row FROM history WHERE json_extract(row, '$.groupKey') = ? ORDER BY seq DESC LIMIT ?",
        groupKey,
        limit,
      ),
    groupOf: (alertId) =>
      rows<HistoryEntry>(
        sql,
        "SELECT row FROM history WHERE json_extract(row, '$.alertId') = ? ORDER BY seq DESC LIMIT 1",
        alertId,
      )[0]?.groupKey,
    enrich(id, enrichment) {
      const [notification] = rows<Notification>(sql, "SELECT row FROM notifications WHERE id = ?", id);
      if (notification)
        sql.exec("UPDATE notifications SET row = ? WHERE id = ?", JSON.stringify({ ...notification, enrichment }), id);
    },
    prune() {
      sql.exec("DELETE FROM history WHERE seq <= (SELECT max(seq) FROM history) - ?", KEPT.history);
      sql.exec("DELETE FROM deliveries WHERE seq <= (SELECT max(seq) FROM deliveries) - ?", KEPT.notifications);
      sql.exec(
        `DELETE FROM notifications WHERE seq <= (SELECT max(seq) FROM notifications) - ?
         AND id NOT IN (SELECT json_extract(row, '$.notificationId') FROM jobs)`,
        KEPT.notifications,
      );
    },
  };
}

/** The state of the engine outside its maps. */
type EngineRow = Pick<EngineState, "nowMs" | "lastEpisode" | "lastOrder" | "pausedUntilMs">;

function load(sql: SqlStorage): EngineState {
  const [engine] = rows<EngineRow>(sql, "SELECT row FROM engine");
  const alerts = rows<Alert>(sql, "SELECT row FROM alerts");
  const groups = rows<Group>(sql, "SELECT row FROM groups");
  const jobs = rows<Job>(sql, "SELECT row FROM jobs ORDER BY position");
  const silences = rows<Silence>(sql, "SELECT row FROM silences");
  const begins = sql.exec<{ id: string; row: string }>("SELECT id, row FROM begins").toArray();
  return {
    ...emptyState,
    ...engine,
    alerts: new Map(alerts.map((alert) => [alert.id, alert])),
    groups: new Map(groups.map((group) => [group.key, group])),
    jobs: new Map(jobs.map((job) => [job.id, job])),
    batches: times(sql, "batches"),
    silences: new Map(silences.map((silence) => [silence.id, silence])),
    begins: new Map(begins.map(({ id, row }) => [id, JSON.parse(row) as number[]])),
    seenErrors: times(sql, "seen_errors"),
  };
}

/** Writes each row once, however many of the steps changed it. */
function writeChanges(sql: SqlStorage, steps: readonly Step[]): void {
  const last = steps.at(-1);
  if (last === undefined) return;
  const { nowMs, lastEpisode, lastOrder, pausedUntilMs } = last.state;
  const engine: EngineRow = { nowMs, lastEpisode, lastOrder, pausedUntilMs };
  sql.exec("INSERT OR REPLACE INTO engine (id, row) VALUES (1, ?)", JSON.stringify(engine));
  const changed = <V>(read: (changes: Changes) => ReadonlyMap<string, V>): ReadonlyMap<string, V> =>
    steps.length === 1 ? read(last.changes) : new Map(steps.flatMap(({ changes }) => [...read(changes)]));
  writeRows(
    sql,
    "alerts",
    changed(({ alerts }) => alerts),
  );
  writeRows(
    sql,
    "groups",
    changed(({ groups }) => groups),
  );
  writeRows(
    sql,
    "silences",
    changed(({ silences }) => silences),
  );
  writeRows(
    sql,
    "begins",
    changed(({ begins }) => begins),
  );
  writeTimes(
    sql,
    "batches",
    changed(({ batches }) => batches),
  );
  writeTimes(
    sql,
    "seen_errors",
    changed(({ seenErrors }) => seenErrors),
  );
  for (const [id, job] of changed(({ jobs }) => jobs)) {
    if (job === undefined) sql.exec("DELETE FROM jobs WHERE id = ?", id);
    else sql.exec("INSERT OR REPLACE INTO jobs (id, position, row) VALUES (?, ?, ?)", id, job.order, JSON.stringify(job));
  }
}

function writeRows(
  sql: SqlStorage,
  table: "alerts" | "groups" | "silences" | "begins",
  changes: ReadonlyMap<string, unknown>,
): void {
  for (const [id, row] of changes) {
    if (row === undefined) sql.exec(`DELETE FROM ${table} WHERE id = ?`, id);
    else sql.exec(`INSERT OR REPLACE INTO ${table} (id, row) VALUES (?, ?)`, id, JSON.stringify(row));
  }
}

function writeTimes(sql: SqlStorage, table: "batches" | "seen_errors", changes: ReadonlyMap<string, number | undefined>): void {
  for (const [id, atMs] of changes) {
    if (atMs === undefined) sql.exec(`DELETE FROM ${table} WHERE id = ?`, id);
    else sql.exec(`INSERT OR REPLACE INTO ${table} (id, at_ms) VALUES (?, ?)`, id, atMs);
  }
}

/** Ids with their time, oldest first. */
function times(sql: SqlStorage, table: "batches" | "seen_errors"): Map<string, number> {
  const found = sql.exec<{ id: string; at_ms: number }>(`SELECT id, at_ms FROM ${table} ORDER BY at_ms`).toArray();
  return new Map(found.map(({ id, at_ms: atMs }) => [id, atMs]));
}

function writeEffect(sql: SqlStorage, effect: Effect): void {
  switch (effect.kind) {
    case "store-notification": {
      const { notification } = effect;
      sql.exec("INSERT OR IGNORE INTO notifications (id, row) VALUES (?, ?)", notification.id, JSON.stringify(notification));
      return;
    }
    case "record-delivery": {
      const { record } = effect;
      sql.exec(
        "INSERT INTO deliveries (id, row) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET row = excluded.row",
        `${record.id}/${record.channel}`,
        JSON.stringify(record),
      );
      return;
    }
    case "record-history":
      sql.exec("INSERT INTO history (row) VALUES (?)", JSON.stringify(effect.entry));
      return;
    case "end-cooldown":
    case "deliver":
      return;
  }
}

/** Rows that this module wrote itself: the one place where stored text becomes typed again. */
function rows<T>(sql: SqlStorage, query: string, ...bindings: (string | number)[]): T[] {
  return sql
    .exec<{ row: string }>(query, ...bindings)
    .toArray()
    .map(({ row }) => JSON.parse(row) as T);
}

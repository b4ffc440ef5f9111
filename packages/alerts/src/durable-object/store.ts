import type { EngineState, Group, Job } from "../engine/state.ts";
import { emptyState } from "../engine/state.ts";
import type { Effect } from "../engine/event.ts";
import type { Step } from "../engine/step.ts";
import type { Alert } from "../model/alert.ts";
import type { HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { Notification } from "../notification/notification.ts";

/** Rows of the past that are kept; the state of open alerts is always kept whole. */
const KEPT = { history: 5_000, notifications: 2_000 };

const TABLES = [
  "CREATE TABLE IF NOT EXISTS engine (id INTEGER PRIMARY KEY CHECK (id = 1), row TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, position INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS notifications (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, row TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS deliveries (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, row TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS history (seq INTEGER PRIMARY KEY AUTOINCREMENT, row TEXT NOT NULL)",
];

/** The engine's state and past as rows: a small row for each alert, group, job and notification. */
export interface AlertStore {
  load(): EngineState;
  /** Writes what a step changed, all of it or nothing. */
  save(done: Step): void;
  notification(id: string): Notification | undefined;
  /** Newest first. */
  deliveries(limit: number): NotificationRecord[];
  /** Newest first. */
  history(limit: number): HistoryEntry[];
  /** Forgets what lies too far back. */
  prune(): void;
}

/** Opens the store, with its tables. */
export function openStore(storage: DurableObjectStorage): AlertStore {
  const { sql } = storage;
  for (const table of TABLES) sql.exec(table);

  return {
    load: () => load(sql),
    save(done) {
      storage.transactionSync(() => {
        writeChanges(sql, done);
        for (const effect of done.effects) writeEffect(sql, effect);
      });
    },
    notification: (id) => rows<Notification>(sql, "SELECT row FROM notifications WHERE id = ?", id)[0],
    deliveries: (limit) => rows<NotificationRecord>(sql, "SELECT row FROM deliveries ORDER BY seq DESC LIMIT ?", limit),
    history: (limit) => rows<HistoryEntry>(sql, "SELECT row FROM history ORDER BY seq DESC LIMIT ?", limit),
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
  const batches = sql.exec<{ id: string; at_ms: number }>("SELECT id, at_ms FROM batches ORDER BY at_ms").toArray();
  return {
    ...emptyState,
    ...engine,
    alerts: new Map(alerts.map((alert) => [alert.id, alert])),
    groups: new Map(groups.map((group) => [group.key, group])),
    jobs: new Map(jobs.map((job) => [job.id, job])),
    batches: new Map(batches.map(({ id, at_ms: atMs }) => [id, atMs])),
  };
}

function writeChanges(sql: SqlStorage, { state, changes }: Step): void {
  const { nowMs, lastEpisode, lastOrder, pausedUntilMs } = state;
  const engine: EngineRow = { nowMs, lastEpisode, lastOrder, pausedUntilMs };
  sql.exec("INSERT OR REPLACE INTO engine (id, row) VALUES (1, ?)", JSON.stringify(engine));
  for (const [id, alert] of changes.alerts) {
    if (alert === undefined) sql.exec("DELETE FROM alerts WHERE id = ?", id);
    else sql.exec("INSERT OR REPLACE INTO alerts (id, row) VALUES (?, ?)", id, JSON.stringify(alert));
  }
  for (const [key, group] of changes.groups) {
    if (group === undefined) sql.exec("DELETE FROM groups WHERE id = ?", key);
    else sql.exec("INSERT OR REPLACE INTO groups (id, row) VALUES (?, ?)", key, JSON.stringify(group));
  }
  for (const [id, job] of changes.jobs) {
    if (job === undefined) sql.exec("DELETE FROM jobs WHERE id = ?", id);
    else sql.exec("INSERT OR REPLACE INTO jobs (id, position, row) VALUES (?, ?, ?)", id, job.order, JSON.stringify(job));
  }
  for (const [id, atMs] of changes.batches) {
    if (atMs === undefined) sql.exec("DELETE FROM batches WHERE id = ?", id);
    else sql.exec("INSERT OR REPLACE INTO batches (id, at_ms) VALUES (?, ?)", id, atMs);
  }
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

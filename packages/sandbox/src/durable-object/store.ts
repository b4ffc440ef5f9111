import type { PoolLimits } from "../model/pool.ts";
import type { EndedSandbox, Sandbox, Waiter } from "../model/sandbox.ts";
import type { Sighting } from "../registry/event.ts";
import { emptyState, type RegistryState } from "../registry/state.ts";
import type { Step } from "../registry/step.ts";

const KEPT_HISTORY = 2_000;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS pools (name TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS sandboxes (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS waiters (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS ended (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS history (seq INTEGER PRIMARY KEY AUTOINCREMENT, row TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS sightings (pool TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS counters (id INTEGER PRIMARY KEY CHECK (id = 1), next_seq INTEGER NOT NULL)",
];

/** The registry's state as rows. */
export interface RegistryStore {
  load(): RegistryState;
  /** Writes what a step changed, all of it or nothing. */
  save(done: Step): void;
  /** Newest first. */
  history(limit: number): EndedSandbox[];
  prune(): void;
  /** The newest sighting of each pool. */
  sightings(): Sighting[];
  saveSighting(sighting: Sighting): void;
}

export function openStore(storage: DurableObjectStorage): RegistryStore {
  const { sql } = storage;
  for (const table of TABLES) sql.exec(table);
  return {
    load: () => load(sql),
    save(done) {
      storage.transactionSync(() => write(sql, done));
    },
    history: (limit) => rows<EndedSandbox>(sql, "SELECT row FROM history ORDER BY seq DESC LIMIT ?", limit),
    prune() {
      sql.exec("DELETE FROM history WHERE seq <= (SELECT max(seq) FROM history) - ?", KEPT_HISTORY);
    },
    sightings: () => rows<Sighting>(sql, "SELECT row FROM sightings ORDER BY pool"),
    saveSighting(sighting) {
      sql.exec("INSERT OR REPLACE INTO sightings (pool, row) VALUES (?, ?)", sighting.pool, JSON.stringify(sighting));
    },
  };
}

function load(sql: SqlStorage): RegistryState {
  const pools = sql.exec<{ name: string; row: string }>("SELECT name, row FROM pools").toArray();
  const ended = sql.exec<{ id: string; at_ms: number }>("SELECT id, at_ms FROM ended ORDER BY at_ms").toArray();
  const [counters] = sql.exec<{ next_seq: number }>("SELECT next_seq FROM counters").toArray();
  return {
    pools: new Map(pools.map(({ name, row }) => [name, JSON.parse(row) as PoolLimits])),
    sandboxes: new Map(rows<Sandbox>(sql, "SELECT row FROM sandboxes").map((sandbox) => [sandbox.id, sandbox])),
    waiters: new Map(rows<Waiter>(sql, "SELECT row FROM waiters ORDER BY seq").map((waiter) => [waiter.id, waiter])),
    ended: new Map(ended.map(({ id, at_ms: atMs }) => [id, atMs])),
    nextSeq: counters?.next_seq ?? emptyState.nextSeq,
  };
}

function write(sql: SqlStorage, { state, changes, effects }: Step): void {
  for (const name of changes.pools) {
    sql.exec("INSERT OR REPLACE INTO pools (name, row) VALUES (?, ?)", name, JSON.stringify(state.pools.get(name)));
  }
  for (const id of changes.sandboxes) {
    const sandbox = state.sandboxes.get(id);
    if (sandbox === undefined) sql.exec("DELETE FROM sandboxes WHERE id = ?", id);
    else sql.exec("INSERT OR REPLACE INTO sandboxes (id, row) VALUES (?, ?)", id, JSON.stringify(sandbox));
  }
  for (const id of changes.waiters) {
    const waiter = state.waiters.get(id);
    if (waiter === undefined) sql.exec("DELETE FROM waiters WHERE id = ?", id);
    else sql.exec("INSERT OR REPLACE INTO waiters (id, seq, row) VALUES (?, ?, ?)", id, waiter.seq, JSON.stringify(waiter));
  }
  for (const id of changes.ended) {
    const atMs = state.ended.get(id);
    if (atMs === undefined) sql.exec("DELETE FROM ended WHERE id = ?", id);
    else sql.exec("INSERT OR REPLACE INTO ended (id, at_ms) VALUES (?, ?)", id, atMs);
  }
  for (const effect of effects) {
    if (effect.kind === "ended") sql.exec("INSERT INTO history (row) VALUES (?)", JSON.stringify(effect.ended));
  }
  if (changes.waiters.size > 0) sql.exec("INSERT OR REPLACE INTO counters (id, next_seq) VALUES (1, ?)", state.nextSeq);
}

/** Rows that this module wrote itself: the one place where stored text becomes typed again. */
function rows<T>(sql: SqlStorage, query: string, ...bindings: (string | number)[]): T[] {
  return sql
    .exec<{ row: string }>(query, ...bindings)
    .toArray()
    .map(({ row }) => JSON.parse(row) as T);
}

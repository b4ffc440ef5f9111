import { packCells, unpackCells } from "@monotask/slo";
import type { Slice, TierSpan } from "@monotask/slo";
import type { AlertSignal } from "@monotask/alerts";
import type { AlertMemory } from "@monotask/slo";

/** The status of one SLO as people and programs read it. */
export interface StoredStatus {
  readonly name: string;
  readonly minute: number;
  readonly state: string;
  readonly target: string;
  readonly sentence: string;
  readonly budgetLeftRatio: number;
  readonly budgetLeftEvents: number;
  readonly budgetLeftMinutes: number;
  readonly runbook: string | undefined;
  readonly windows: readonly { readonly minutes: number; readonly burn: number }[];
  readonly alerts: readonly AlertMemory[];
}

/** `blind`: Analytics Engine could not be asked, so nothing was decided. */
export type TickOutcome = "decided" | "blind";

export interface TickRow {
  readonly minute: number;
  readonly outcome: TickOutcome;
  readonly signals: readonly AlertSignal[];
}

export interface TickRecord extends TickRow {
  readonly slices: readonly Slice[];
  readonly statuses: readonly StoredStatus[];
}

/** Where the evaluator keeps what it measured and decided. */
export interface SloStore {
  newestTick(): Promise<TickRow | undefined>;
  /** Ticks that were decided but not yet told, oldest first. */
  untoldTicks(): Promise<TickRow[]>;
  /** Cells of one tier, `fromMinute` ≤ start < `beforeMinute`, sorted. A corrupt row is left out: its time then counts as not measured. */
  slices(span: TierSpan, fromMinute: number, beforeMinute: number): Promise<Slice[]>;
  statuses(): Promise<{ readonly minute: number | undefined; readonly slos: readonly StoredStatus[] }>;
  /** Writes a tick as one transaction: measurement, statuses and what is to be told. */
  save(record: TickRecord): Promise<void>;
  markTold(minute: number): Promise<void>;
}

/** Minutes that each tier is kept, with some hours to spare beyond what windows read. */
const KEPT_MINUTES: readonly (readonly [TierSpan, number])[] = [
  [1, 12 * 60],
  [5, 4 * 1_440],
  [60, 93 * 1_440],
];
const KEPT_TICKS_MINUTES = 7 * 1_440;

export function createSloStore(db: D1Database): SloStore {
  return {
    async newestTick() {
      const row = await db
        .prepare("SELECT minute, outcome, signals FROM ticks ORDER BY minute DESC LIMIT 1")
        .first<TickColumns>();
      return row ? tickOf(row) : undefined;
    },
    async untoldTicks() {
      const { results } = await db
        .prepare("SELECT minute, outcome, signals FROM ticks WHERE told = 0 ORDER BY minute LIMIT 20")
        .all<TickColumns>();
      return results.map(tickOf);
    },
    async slices(span, fromMinute, beforeMinute) {
      const { results } = await db
        .prepare(
          "SELECT start_minute, cells FROM slices WHERE span_minutes = ? AND start_minute >= ? AND start_minute < ? ORDER BY start_minute",
        )
        .bind(span, fromMinute, beforeMinute)
        .all<{ start_minute: number; cells: string }>();
      return results.flatMap((row) => {
        const unpacked = unpackCells(row.cells, { minute: row.start_minute, spanMinutes: span });
        return unpacked.kind === "slices" ? unpacked.slices : [];
      });
    },
    async statuses() {
      const { results } = await db
        .prepare("SELECT minute, status FROM slo_status ORDER BY name")
        .all<{ minute: number; status: string }>();
      // The rows were written by `save` below; their shape is this module's own.
      return { minute: results[0]?.minute, slos: results.map((row) => JSON.parse(row.status) as StoredStatus) };
    },
    async save(record) {
      await db.batch([
        ...sliceStatements(db, record),
        ...statusStatements(db, record),
        tickStatement(db, record),
        ...pruneStatements(db, record.minute),
      ]);
    },
    async markTold(minute) {
      await db.prepare("UPDATE ticks SET told = 1 WHERE minute = ?").bind(minute).run();
    },
  };
}

interface TickColumns {
  readonly minute: number;
  readonly outcome: string;
  readonly signals: string;
}

function tickOf(row: TickColumns): TickRow {
  return {
    minute: row.minute,
    outcome: row.outcome === "blind" ? "blind" : "decided",
    signals: JSON.parse(row.signals) as AlertSignal[],
  };
}

function sliceStatements(db: D1Database, record: TickRecord): D1PreparedStatement[] {
  const rows = new Map<string, { span: number; start: number; slices: Slice[] }>();
  for (const slice of record.slices) {
    const span = slice.spanMinutes ?? 1;
    const key = `${span} ${slice.minute}`;
    const row = rows.get(key) ?? { span, start: slice.minute, slices: [] };
    row.slices.push(slice);
    rows.set(key, row);
  }
  const insert = db.prepare("INSERT OR REPLACE INTO slices (span_minutes, start_minute, revision, cells) VALUES (?, ?, ?, ?)");
  return [...rows.values()].map((row) => insert.bind(row.span, row.start, record.minute, packCells(row.slices)));
}

function statusStatements(db: D1Database, record: TickRecord): D1PreparedStatement[] {
  const insert = db.prepare("INSERT OR REPLACE INTO slo_status (name, minute, status) VALUES (?, ?, ?)");
  const names = record.statuses.map((status) => status.name);
  const statements = record.statuses.map((status) => insert.bind(status.name, status.minute, JSON.stringify(status)));
  if (names.length === 0) return statements;
  // An SLO that left the file leaves the list too.
  const gone = db
    .prepare("DELETE FROM slo_status WHERE name NOT IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(names));
  return [...statements, gone];
}

function tickStatement(db: D1Database, record: TickRecord): D1PreparedStatement {
  return db
    .prepare("INSERT OR IGNORE INTO ticks (minute, outcome, signals) VALUES (?, ?, ?)")
    .bind(record.minute, record.outcome, JSON.stringify(record.signals));
}

/** Once an hour, what no window reads any more is deleted. */
function pruneStatements(db: D1Database, minute: number): D1PreparedStatement[] {
  if (minute % 60 !== 0) return [];
  const slices = db.prepare("DELETE FROM slices WHERE span_minutes = ? AND start_minute < ?");
  return [
    ...KEPT_MINUTES.map(([span, kept]) => slices.bind(span, minute - kept)),
    db.prepare("DELETE FROM ticks WHERE minute < ? AND told = 1").bind(minute - KEPT_TICKS_MINUTES),
  ];
}

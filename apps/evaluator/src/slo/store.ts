import type { AlertSignal } from "@monotask/alerts";
import { forgottenMemory, packMemory, statusesOf, unpackCells, unpackMemory } from "@monotask/slo";
import type { CellKey, EngineMemory, HistoryRange, PackedRow, Slice, Slo, TickMeasurement, TierSpan } from "@monotask/slo";
import type { KnownExclusions, Recomputed } from "./excluded-past.ts";
import type { Invocations } from "./liveness.ts";
import { shownStatus } from "./status.ts";
import type { ShownStatus } from "./status.ts";

/** `blind`: Analytics Engine could not be asked, so nothing was decided. */
export type TickOutcome = "decided" | "blind";

export interface TickRow {
  readonly minute: number;
  readonly outcome: TickOutcome;
  readonly signals: readonly AlertSignal[];
}

/** What a tick leaves behind. `blind` leaves memory and slices as they were. */
export type TickRecord = TickRow &
  (
    | { readonly outcome: "blind" }
    | {
        readonly outcome: "decided";
        readonly memory: EngineMemory;
        /** Whether the tick began from a memory whose slices had been changed: it knows of that change. */
        readonly wasStale: boolean;
        readonly rows: readonly PackedRow[];
      }
  );

/** What a tick begins with. */
export interface Loaded {
  readonly newest: TickRow | undefined;
  /** Undefined before the first decision. Of one that cannot be read only the minute is known: the rest is rebuilt from the slices. */
  readonly memory: EngineMemory | undefined;
  /** Whether exclusions have changed stored slices since the memory was written. */
  readonly isStale: boolean;
}

/** Where the evaluator keeps what it measured and decided. */
export interface SloStore {
  /** @param slos the list whose places the memory is read into */
  load(slos: readonly Slo[]): Promise<Loaded>;
  newestTick(): Promise<TickRow | undefined>;
  /** What the tick of this minute measured before, if it got that far. */
  measurement(minute: number): Promise<TickMeasurement | undefined>;
  /** @returns false where another run of the minute was first: its measurement is the one that holds */
  saveMeasurement(minute: number, measurement: TickMeasurement): Promise<boolean>;
  rows(keys: readonly CellKey[]): Promise<PackedRow[]>;
  history(ranges: readonly HistoryRange[]): Promise<Slice[]>;
  /** Ticks that were decided but not yet told, oldest first. */
  untoldTicks(): Promise<TickRow[]>;
  /** Cells of one tier, `fromMinute` ≤ start < `beforeMinute`, sorted. A corrupt row is left out: its time then counts as not measured. */
  slices(span: TierSpan, fromMinute: number, beforeMinute: number): Promise<Slice[]>;
  /** How each SLO stands after the newest decided minute; worked out here, so that a tick does not have to. */
  statuses(slos: readonly Slo[]): Promise<{ readonly minute: number | undefined; readonly slos: readonly ShownStatus[] }>;
  /**
   * Writes a tick as one transaction, or nothing of it where a newer minute, or the same one, has ended meanwhile, or stored slices that
   * it did not see were changed.
   * @returns rows written, as D1 bills them
   */
  save(slos: readonly Slo[], record: TickRecord): Promise<number>;
  markTold(minute: number): Promise<void>;
  /** What the platform counted in five minutes that touch a stretch. */
  invocations(fromMinute: number, toMinute: number): Promise<Invocations[]>;
  saveInvocations(invocations: Invocations): Promise<void>;
  /** The exclusions that stored slices go by; undefined before they were noted. */
  knownExclusions(): Promise<KnownExclusions | undefined>;
  /**
   * Notes exclusions, with the rows that they change and what they took out, as one transaction; running sums are then made anew. Nothing of
   * it where others than `before` have been noted meanwhile: what has been taken out once is not taken out again.
   */
  saveExclusions(
    before: KnownExclusions | undefined,
    known: KnownExclusions,
    rows: readonly PackedRow[],
    recomputed: readonly Recomputed[],
  ): Promise<void>;
  /** What exclusions that were added later took out of the past of one SLO, newest first. */
  recomputed(slo: string): Promise<Recomputed[]>;
}

/** Minutes that each tier is kept, with some hours to spare beyond what windows read. Days are kept for ever. */
const KEPT_MINUTES: readonly (readonly [TierSpan, number])[] = [
  [1, 12 * 60],
  [5, 4 * 1_440],
  [60, 95 * 1_440],
];
const KEPT_MEASUREMENTS_MINUTES = 12 * 60;
/** Records of an SLO that are shown. */
const MOST_RECOMPUTED = 20;
const KEPT_TICKS_MINUTES = 7 * 1_440;

export function createSloStore(db: D1Database): SloStore {
  const slices: SloStore["slices"] = async (span, fromMinute, beforeMinute) => {
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
  };
  return {
    slices,
    async load(slos) {
      const [ticks, engine] = await db.batch([db.prepare(NEWEST_TICK), db.prepare(MEMORY)]);
      // The boundary: the columns are those of this module's own statements.
      const newest = ticks?.results[0] as TickColumns | undefined;
      const kept = engine?.results[0] as MemoryColumns | undefined;
      const isStale = kept?.memory.endsWith(STALE_END) ?? false;
      return { newest: newest && tickOf(newest), memory: kept && memoryOf(slos, kept), isStale };
    },
    async newestTick() {
      const newest = await db.prepare(NEWEST_TICK).first<TickColumns>();
      return newest === null ? undefined : tickOf(newest);
    },
    async measurement(minute) {
      const row = await db
        .prepare("SELECT measurement FROM measurements WHERE minute = ?")
        .bind(minute)
        .first<{ measurement: string }>();
      // The row was written by `saveMeasurement` below; its shape is this module's own.
      return row === null ? undefined : (JSON.parse(row.measurement) as TickMeasurement);
    },
    async saveMeasurement(minute, measurement) {
      const { meta } = await db
        .prepare("INSERT OR IGNORE INTO measurements (minute, revision, measurement) VALUES (?, ?, ?)")
        .bind(minute, measurement.revision, JSON.stringify(measurement))
        .run();
      return meta.changes > 0;
    },
    async rows(keys) {
      const { results } = await db
        .prepare(
          "SELECT span_minutes, start_minute, cells FROM slices WHERE (span_minutes, start_minute) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))",
        )
        .bind(JSON.stringify(keys.map(({ spanMinutes, startMinute }) => [spanMinutes, startMinute])))
        .all<{ span_minutes: TierSpan; start_minute: number; cells: string }>();
      return results.map((row) => ({ spanMinutes: row.span_minutes, startMinute: row.start_minute, cells: row.cells }));
    },
    async history(ranges) {
      const parts = await Promise.all(
        ranges.map(({ spanMinutes, fromMinute, beforeMinute }) => slices(spanMinutes, fromMinute, beforeMinute)),
      );
      return parts.flat();
    },
    async untoldTicks() {
      const { results } = await db
        .prepare("SELECT minute, outcome, signals FROM ticks WHERE told = 0 ORDER BY minute LIMIT 20")
        .all<TickColumns>();
      return results.map(tickOf);
    },
    async statuses(slos) {
      const kept = await db.prepare(MEMORY).first<MemoryColumns>();
      if (kept === null) return { minute: undefined, slos: [] };
      return { minute: kept.minute, slos: statusesOf(slos, memoryOf(slos, kept)).map(shownStatus) };
    },
    async save(slos, record) {
      const results = await db.batch([
        ...(record.outcome === "decided"
          ? [
              // First: the statements after it ask whether it has moved on to this minute.
              engineStatement(db, slos, record),
              ...sliceStatements(db, record.rows, record.minute),
              tickStatement(db, record, IF_MOVED_ON),
              ...pruneStatements(db, record.minute),
            ]
          : // A blind minute deletes nothing: cells that are still open when it begins are closed by the minute that sees again.
            [tickStatement(db, record, UNLESS_OVERTAKEN)]),
      ]);
      return results.reduce((rows, { meta }) => rows + meta.rows_written, 0);
    },
    async markTold(minute) {
      await db.prepare("UPDATE ticks SET told = 1 WHERE minute = ?").bind(minute).run();
    },
    async invocations(fromMinute, toMinute) {
      const { results } = await db
        .prepare("SELECT from_minute, to_minute, requests FROM invocations WHERE from_minute < ? AND to_minute > ?")
        .bind(toMinute, fromMinute)
        .all<{ from_minute: number; to_minute: number; requests: string }>();
      return results.map((row) => ({
        fromMinute: row.from_minute,
        toMinute: row.to_minute,
        // Written by `saveInvocations` below.
        requests: JSON.parse(row.requests) as Invocations["requests"],
      }));
    },
    async saveInvocations({ fromMinute, toMinute, requests }) {
      await db
        .prepare("INSERT OR REPLACE INTO invocations (from_minute, to_minute, requests) VALUES (?, ?, ?)")
        .bind(fromMinute, toMinute, JSON.stringify(requests))
        .run();
    },
    async knownExclusions() {
      const row = await db.prepare("SELECT known FROM exclusions").first<{ known: string }>();
      // Written by `saveExclusions` below.
      return row === null ? undefined : (JSON.parse(row.known) as KnownExclusions);
    },
    async saveExclusions(before, known, rows, recomputed) {
      const text = before === undefined ? null : JSON.stringify(before);
      const put = db.prepare(
        `INSERT INTO slices (span_minutes, start_minute, revision, cells) SELECT ?2, ?3, ?4, ?5 ${IF_KNOWN} ON CONFLICT DO UPDATE SET revision = ?4, cells = ?5`,
      );
      const note = db.prepare(
        `INSERT OR IGNORE INTO recomputed (slo, from_minute, to_minute, minute, reason, decided_by, total, bad) SELECT ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 ${IF_KNOWN}`,
      );
      await db.batch([
        ...rows.map((row) => put.bind(text, row.spanMinutes, row.startMinute, recomputed[0]?.minute ?? 0, row.cells)),
        ...recomputed.map((each) =>
          note.bind(text, each.slo, each.fromMinute, each.toMinute, each.minute, each.reason, each.by, each.total, each.bad),
        ),
        ...(rows.length === 0
          ? []
          : [db.prepare(`UPDATE engine SET memory = json_set(memory, '$.isStale', 1) ${IF_KNOWN}`).bind(text)]),
        // Last: the statements before ask what was known.
        db
          .prepare(`INSERT INTO exclusions (id, known) SELECT 1, ?2 ${IF_KNOWN} ON CONFLICT DO UPDATE SET known = ?2`)
          .bind(text, JSON.stringify(known)),
      ]);
    },
    async recomputed(slo) {
      const { results } = await db
        .prepare(
          'SELECT slo, from_minute AS fromMinute, to_minute AS toMinute, minute, reason, decided_by AS "by", total, bad FROM recomputed WHERE slo = ? ORDER BY minute DESC, from_minute DESC LIMIT ?',
        )
        .bind(slo, MOST_RECOMPUTED)
        .all<Recomputed>();
      return results;
    },
  };
}

const NEWEST_TICK = "SELECT minute, outcome, signals FROM ticks ORDER BY minute DESC LIMIT 1";
const MEMORY = "SELECT minute, memory FROM engine";

interface MemoryColumns {
  readonly minute: number;
  readonly memory: string;
}

function memoryOf(slos: readonly Slo[], { minute, memory }: MemoryColumns): EngineMemory {
  return unpackMemory(slos, memory) ?? forgottenMemory(slos, minute);
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

const IF_KNOWN = "WHERE (SELECT known FROM exclusions WHERE id = 1) IS ?1";
/** A minute that has ended, whether it was decided or blind, stays as it was told. */
const UNLESS_OVERTAKEN = "WHERE NOT EXISTS (SELECT 1 FROM ticks WHERE minute >= ?1)";
/** Sums and slices belong together: a tick whose memory is not taken writes no slice, or sums would be taken out that were never put in. */
const IF_MOVED_ON = `${UNLESS_OVERTAKEN} AND EXISTS (SELECT 1 FROM engine WHERE minute = ?1)`;

function sliceStatements(db: D1Database, rows: readonly PackedRow[], minute: number): D1PreparedStatement[] {
  const put = db.prepare(
    `INSERT INTO slices (span_minutes, start_minute, revision, cells) SELECT ?2, ?3, ?1, ?4 ${IF_MOVED_ON} ON CONFLICT DO UPDATE SET revision = ?1, cells = ?4`,
  );
  return rows.map((row) => put.bind(minute, row.spanMinutes, row.startMinute, row.cells));
}

/** How `json_set` ends a memory whose slices were changed under it. */
const STALE_END = ',"isStale":1}';

/** Moves on only, and not from a memory that exclusions have made stale since it was read. */
function engineStatement(
  db: D1Database,
  slos: readonly Slo[],
  record: TickRecord & { readonly outcome: "decided" },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO engine (id, minute, memory) SELECT 1, ?1, ?2 ${UNLESS_OVERTAKEN} ON CONFLICT DO UPDATE SET minute = ?1, memory = ?2 WHERE minute < ?1 AND (substr(memory, ?4) = ?5) = ?3`,
    )
    .bind(record.minute, packMemory(slos, record.memory), record.wasStale ? 1 : 0, -STALE_END.length, STALE_END);
}

/** A tick without signals has nothing to tell. */
function tickStatement(db: D1Database, record: TickRow, where: string): D1PreparedStatement {
  return db
    .prepare(`INSERT OR IGNORE INTO ticks (minute, outcome, signals, told) SELECT ?1, ?2, ?3, ?4 ${where}`)
    .bind(record.minute, record.outcome, JSON.stringify(record.signals), record.signals.length === 0 ? 1 : 0);
}

/** Once an hour, what no window reads any more is deleted. */
function pruneStatements(db: D1Database, minute: number): D1PreparedStatement[] {
  if (minute % 60 !== 0) return [];
  const slices = db.prepare("DELETE FROM slices WHERE span_minutes = ? AND start_minute < ?");
  return [
    ...KEPT_MINUTES.map(([span, kept]) => slices.bind(span, minute - kept)),
    db.prepare("DELETE FROM measurements WHERE minute < ?").bind(minute - KEPT_MEASUREMENTS_MINUTES),
    db.prepare("DELETE FROM invocations WHERE to_minute < ?").bind(minute - KEPT_MEASUREMENTS_MINUTES),
    db.prepare("DELETE FROM ticks WHERE minute < ? AND told = 1").bind(minute - KEPT_TICKS_MINUTES),
  ];
}

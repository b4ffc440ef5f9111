import type { Coarser, GroupBy, QueryPort, QueryResult } from "@monotask/telemetry";
import { coarserRows, STEP_COLUMN } from "@monotask/panels";
import type { StepRange } from "@monotask/panels";
import { waitFor } from "./in-flight.ts";
import type { KeepAlive } from "./in-flight.ts";
import { keyOf, lacking, newEntry, rowsIn, take } from "./step-entry.ts";
import type { Entry, StepScan } from "./step-entry.ts";

/** Rows of closed steps by scan, kept so that ten viewers cost one and a refresh reads the open steps alone. */
export interface StepCache {
  /**
   * Rows of the whole range of each scan.
   * @param scans one, or several that differ in time and step alone and whose figures add up
   */
  rows(scans: readonly StepScan[], nowMs: number, keepAlive: KeepAlive): Promise<CachedResults>;
}

export interface CachedResults {
  /** One for each scan, in their order. */
  readonly results: readonly QueryResult[];
  /** Statements sent for them: none where all is kept, one for a refresh. */
  readonly queries: number;
}

/** What one look needs of a scan that is kept. */
interface Look extends StepScan {
  readonly key: string;
  readonly entry: Entry;
}

const MOST_ENTRIES = 64;

export function createStepCache(port: QueryPort): StepCache {
  const entries = new Map<string, Entry>();
  return {
    async rows(scans, nowMs, keepAlive) {
      const looks = looksOf(entries, scans, nowMs);
      // Whoever asks while the same scan is being read waits for it, and then finds it read.
      const others = looks.flatMap(({ entry }) => (entry.inFlight === undefined ? [] : [waitFor(entry.inFlight)]));
      if (others.length > 0) await Promise.all(others);
      const reading = read(port, looks, scans, nowMs);
      for (const { entry } of looks) entry.inFlight = reading;
      keepAlive(reading);
      try {
        return await reading;
      } finally {
        for (const { entry } of looks) if (entry.inFlight === reading) entry.inFlight = undefined;
        evict(entries);
      }
    },
  };
}

/** Scans of one key become one look, over all of their time. */
function looksOf(entries: Map<string, Entry>, scans: readonly StepScan[], nowMs: number): Look[] {
  const looks = new Map<string, Look>();
  for (const { query, range } of scans) {
    const key = keyOf({ query, range });
    const entry = entries.get(key) ?? newEntry(nowMs);
    entries.set(key, entry);
    entry.lastUsedMs = nowMs;
    looks.set(key, { key, entry, query, range: widened(looks.get(key)?.range, range) });
  }
  return [...looks.values()];
}

function widened(known: StepRange | undefined, range: StepRange): StepRange {
  if (known === undefined) return range;
  return { ...range, fromMs: Math.min(known.fromMs, range.fromMs), toMs: Math.max(known.toMs, range.toMs) };
}

/** Reads what the looks lack, in one statement. */
async function read(port: QueryPort, looks: readonly Look[], scans: readonly StepScan[], nowMs: number): Promise<CachedResults> {
  const wanting = looks.flatMap((look): Wanting[] => {
    const fromMs = lacking(look.entry, look.range, nowMs);
    return fromMs === undefined ? [] : [{ ...look, fromMs }];
  });
  const failure = wanting.length === 0 ? undefined : await readOnce(port, wanting, nowMs);
  const results = scans.map((scan): QueryResult => {
    const key = keyOf(scan);
    const look = looks.find((one) => one.key === key);
    if (failure !== undefined && wanting.some((one) => one.key === key)) return failure;
    return { kind: "rows", rows: look === undefined ? [] : rowsIn(look.entry, scan.range) };
  });
  return { results, queries: wanting.length === 0 ? 0 : 1 };
}

interface Wanting extends Look {
  readonly fromMs: number;
}

/**
 * One statement for all looks: each stretch of time in the finest step that somebody wants it in, so that a day beside an hour costs no
 * rows that nobody reads. Rows are added up for looks that go in coarser steps. @returns why nothing was read
 */
async function readOnce(port: QueryPort, looks: readonly Wanting[], nowMs: number): Promise<QueryResult | undefined> {
  const [finest, ...others] = [...looks].sort((a, b) => a.range.stepSeconds - b.range.stepSeconds);
  if (finest === undefined) return undefined;
  let knownFromMs = finest.fromMs;
  const coarser: Coarser[] = [];
  for (const { range, fromMs } of others) {
    if (fromMs >= knownFromMs) continue;
    coarser.push({ beforeMs: knownFromMs, seconds: range.stepSeconds });
    knownFromMs = fromMs;
  }
  const step: GroupBy = {
    by: "time",
    seconds: finest.range.stepSeconds,
    ...(coarser.length > 0 && { coarser }),
  };
  const { query } = finest;
  const toMs = Math.max(...looks.map(({ range }) => range.toMs));
  const result = await port.run({ ...query, groupBy: { ...query.groupBy, [STEP_COLUMN]: step }, fromMs: knownFromMs, toMs });
  if (result.kind === "failed") return result;
  const rows = result.kind === "rows" ? result.rows : [];
  for (const { entry, range, fromMs } of looks) {
    const isFinest = range.stepSeconds === finest.range.stepSeconds;
    const own = isFinest ? rows : coarserRows(query, rows, range.stepSeconds);
    take(entry, own, { fromMs, range, nowMs });
  }
  return undefined;
}

function evict(entries: Map<string, Entry>): void {
  const oldest = [...entries]
    .sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs)
    .slice(0, Math.max(0, entries.size - MOST_ENTRIES));
  for (const [key] of oldest) entries.delete(key);
}

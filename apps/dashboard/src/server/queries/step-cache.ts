import type { QueryPort, QueryResult } from "@monotask/telemetry";
import { coarserRows } from "@monotask/panels";
import type { StepRange } from "@monotask/panels";
import { waitFor } from "./in-flight.ts";
import type { KeepAlive } from "./in-flight.ts";
import { keyOf, lacking, newEntry, rowsIn, take, wasEmpty } from "./step-entry.ts";
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
/** Scans are read together while they lack at most this many of the finest steps: more rows would cost more than a second statement. */
const MOST_STEPS_TOGETHER = 300;

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

/** Reads what the looks lack: at once where that is little. */
async function read(port: QueryPort, looks: readonly Look[], scans: readonly StepScan[], nowMs: number): Promise<CachedResults> {
  const wanting = looks.flatMap((look): Wanting[] => {
    const fromMs = lacking(look.entry, look.range, nowMs);
    return fromMs === undefined ? [] : [{ ...look, fromMs }];
  });
  const groups = isLittle(wanting) ? [wanting] : wanting.map((look) => [look]);
  const failures = new Map((await Promise.all(groups.map((group) => readOnce(port, group, nowMs)))).flat());
  const results = scans.map((scan): QueryResult => {
    const key = keyOf(scan);
    const look = looks.find((one) => one.key === key);
    return failures.get(key) ?? { kind: "rows", rows: look === undefined ? [] : rowsIn(look.entry, scan.range) };
  });
  return { results, queries: groups.length };
}

interface Wanting extends Look {
  readonly fromMs: number;
}

function isLittle(wanting: readonly Wanting[]): boolean {
  if (wanting.length < 2) return false;
  const toMs = Math.max(...wanting.map(({ range }) => range.toMs));
  const finestMs = Math.min(...wanting.map(({ range }) => range.stepSeconds)) * 1_000;
  const fromMs = wanting.map((look) => (wasEmpty(look.entry) ? toMs : look.fromMs));
  return (toMs - Math.min(...fromMs)) / finestMs <= MOST_STEPS_TOGETHER;
}

/** One statement in the finest step, whose rows are added up for those that go in coarser ones. */
async function readOnce(
  port: QueryPort,
  looks: readonly Wanting[],
  nowMs: number,
): Promise<(readonly [key: string, failure: QueryResult])[]> {
  const { query, range: finest } = looks.reduce((a, b) => (b.range.stepSeconds < a.range.stepSeconds ? b : a));
  const fromMs = Math.min(...looks.map((look) => look.fromMs));
  const toMs = Math.max(...looks.map(({ range }) => range.toMs));
  const result = await port.run({ ...query, fromMs, toMs });
  if (result.kind === "failed") return looks.map(({ key }) => [key, result] as const);
  const rows = result.kind === "rows" ? result.rows : [];
  for (const look of looks) {
    const isFinest = look.range.stepSeconds === finest.stepSeconds;
    const own = isFinest ? rows : coarserRows(query, rows, look.range.stepSeconds);
    take(look.entry, own, { fromMs: look.fromMs, range: look.range, nowMs });
  }
  return [];
}

function evict(entries: Map<string, Entry>): void {
  const oldest = [...entries]
    .sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs)
    .slice(0, Math.max(0, entries.size - MOST_ENTRIES));
  for (const [key] of oldest) entries.delete(key);
}

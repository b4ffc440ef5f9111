import type { Layout } from "../engine/layout.ts";
import type { TierSpan } from "../engine/window.ts";
import { addCounts, noCounts, packCounts, PACK_VERSION, readCounts } from "../store/counts.ts";
import type { CellCounts } from "../store/counts.ts";

/** Where a packed row stands. */
export interface CellKey {
  readonly spanMinutes: TierSpan;
  readonly startMinute: number;
}

/** A packed row: all SLIs of one minute, five minutes, hour or day. */
export interface PackedRow extends CellKey {
  readonly cells: string;
}

/** Stored rows with those that a tick measured or made laid over them. A row that is damaged counts as not measured. */
export class CellBook {
  readonly #layout: Layout;
  readonly #packed = new Map<string, string>();
  readonly #read = new Map<string, CellCounts | undefined>();
  readonly #written = new Map<string, PackedRow>();

  constructor(layout: Layout, stored: readonly PackedRow[]) {
    this.#layout = layout;
    for (const row of stored) this.#packed.set(idOf(row), row.cells);
  }

  /** The counts of a row; undefined where there is none. */
  at(key: CellKey): CellCounts | undefined {
    const id = idOf(key);
    if (this.#read.has(id)) return this.#read.get(id);
    const text = this.#packed.get(id);
    const counts = text === undefined ? undefined : readCounts(this.#layout, text, key.spanMinutes);
    this.#read.set(id, counts);
    return counts;
  }

  /** Replaces a row by its text. @returns whether that changes it */
  put(key: CellKey, cells: string): boolean {
    const id = idOf(key);
    const before = this.#packed.get(id);
    if (before === cells || (before === undefined && cells === PACK_VERSION)) return false;
    this.#packed.set(id, cells);
    this.#read.delete(id);
    this.#written.set(id, { ...key, cells });
    return true;
  }

  /** Replaces a row by the sum of finer ones. */
  putSum(key: CellKey, finer: TierSpan): void {
    const sum = noCounts(this.#layout);
    for (let start = key.startMinute; start < key.startMinute + key.spanMinutes; start += finer) {
      const part = this.at({ spanMinutes: finer, startMinute: start });
      if (part !== undefined) addCounts(sum, part);
    }
    if (this.put(key, packCounts(this.#layout, sum, key.spanMinutes))) this.#read.set(idOf(key), sum);
  }

  /** Rows that changed, to be stored. */
  written(): PackedRow[] {
    return [...this.#written.values()];
  }
}

function idOf({ spanMinutes, startMinute }: CellKey): string {
  return `${spanMinutes} ${startMinute}`;
}

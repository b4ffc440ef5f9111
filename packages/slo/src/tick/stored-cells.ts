import type { TierSpan } from "../engine/window.ts";
import type { Slice } from "../model/cell.ts";
import { packCells, unpackCells } from "../store/pack.ts";

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
  readonly #packed = new Map<string, string>();
  readonly #read = new Map<string, ReadonlyMap<string, Slice>>();
  readonly #written = new Map<string, PackedRow>();

  constructor(stored: readonly PackedRow[]) {
    for (const row of stored) this.#packed.set(idOf(row), row.cells);
  }

  /** The cells of a row by SLO; empty where there is none. */
  at(key: CellKey): ReadonlyMap<string, Slice> {
    const id = idOf(key);
    const known = this.#read.get(id);
    if (known !== undefined) return known;
    const text = this.#packed.get(id);
    const unpacked =
      text === undefined ? undefined : unpackCells(text, { minute: key.startMinute, spanMinutes: key.spanMinutes });
    const cells = new Map<string, Slice>();
    if (unpacked?.kind === "slices") for (const slice of unpacked.slices) cells.set(slice.sloName, slice);
    this.#read.set(id, cells);
    return cells;
  }

  /** Replaces a row. @returns whether that changes it */
  put(key: CellKey, slices: readonly Slice[]): boolean {
    const id = idOf(key);
    const cells = packCells(slices);
    if (this.#packed.get(id) === cells || (slices.length === 0 && !this.#packed.has(id))) return false;
    this.#packed.set(id, cells);
    this.#read.set(id, new Map(slices.map((slice) => [slice.sloName, slice])));
    this.#written.set(id, { ...key, cells });
    return true;
  }

  /** Rows that `put` changed, to be stored. */
  written(): PackedRow[] {
    return [...this.#written.values()];
  }
}

function idOf({ spanMinutes, startMinute }: CellKey): string {
  return `${spanMinutes} ${startMinute}`;
}

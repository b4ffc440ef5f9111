import type { Layout } from "../engine/layout.ts";
import type { Counts, Slice } from "../model/cell.ts";
import { COUNTS, MEASURED, noCounts } from "../store/counts.ts";
import type { CellCounts } from "../store/counts.ts";

/** Counts of all SLOs by minute, as a stored row holds them: no object is made for any of them. */
export class MinuteCounts {
  readonly #layout: Layout;
  readonly #cells = new Map<number, CellCounts>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** The minutes that were seen, in order. */
  minutes(): number[] {
    return [...this.#cells.keys()].sort((a, b) => a - b);
  }

  /** What was counted in a minute; made for one that is new. */
  at(minute: number): CellCounts {
    const known = this.#cells.get(minute);
    if (known !== undefined) return known;
    const fresh = noCounts(this.#layout);
    this.#cells.set(minute, fresh);
    return fresh;
  }

  /** The measured minutes of one SLO, in order. */
  slicesOf(index: number): Slice[] {
    return this.minutes().flatMap((minute) => this.sliceAt(index, minute) ?? []);
  }

  sliceAt(index: number, minute: number): Slice | undefined {
    const cells = this.at(minute);
    const at = index * COUNTS;
    if (cells[at + MEASURED] !== 1) return undefined;
    const figure = (place: number): number => cells[at + place] ?? 0;
    const [total, bad, varTotal, varBad] = [figure(0), figure(1), figure(2), figure(3)];
    const sloName = this.#layout.names[index] ?? "";
    return { sloName, minute, good: total - bad, total, varGood: varTotal - varBad, varTotal };
  }

  /** Puts other counts in the place of an SLO's own. */
  replace(index: number, { minute, good, total, varGood, varTotal }: Slice): void {
    this.at(minute).set([total, total - good, varTotal, varTotal - varGood, 1], index * COUNTS);
  }
}

/** Notes that an SLO was measured. */
export function measure(cells: CellCounts, index: number): void {
  cells[index * COUNTS + MEASURED] = 1;
}

export function addTo(cells: CellCounts, index: number, { good, total, varGood, varTotal }: Counts): void {
  const at = index * COUNTS;
  cells[at] = (cells[at] ?? 0) + total;
  cells[at + 1] = (cells[at + 1] ?? 0) + (total - good);
  cells[at + 2] = (cells[at + 2] ?? 0) + varTotal;
  cells[at + 3] = (cells[at + 3] ?? 0) + (varTotal - varGood);
  cells[at + MEASURED] = 1;
}

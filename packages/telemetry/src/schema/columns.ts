/** A text column: its blob position (1–20). */
export interface BlobColumn {
  readonly type: "blob";
  readonly position: number;
  readonly meaning: string;
}

/** A number column: its double position (1–20) and unit. */
export interface DoubleColumn {
  readonly type: "double";
  readonly position: number;
  readonly unit: Unit;
  readonly meaning: string;
}

export type Unit = "ms" | "count" | "bytes" | "weight" | "ratio" | "any" | "bool";

export function blob(position: number, meaning: string): BlobColumn {
  return { type: "blob", position, meaning };
}

export function double(position: number, unit: Unit, meaning: string): DoubleColumn {
  return { type: "double", position, unit, meaning };
}

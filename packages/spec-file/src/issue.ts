/** One thing that is wrong, where it is and what to write instead. */
export interface Issue {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** `slos[0].indicator.kind`; empty for the whole document. */
  readonly path: string;
  /** Stable: tests and tools may rely on it. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** What has an error is left out; a warning changes nothing. */
  readonly severity: "error" | "warning";
}

/** One file of specifications; `file` is what messages call it. */
export interface SpecFile {
  readonly file: string;
  readonly text: string;
}

/** Where something stands: a path in the document and an offset in the text. */
export interface Place {
  readonly path: string;
  readonly offset: number;
}

/** What a reader found to say about a place. */
export interface Finding {
  /** Stable: tests and tools may rely on it. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly severity?: "error" | "warning";
}

/** Collects the findings of one file. */
export type Report = (place: Place, finding: Finding) => void;

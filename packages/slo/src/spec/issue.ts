/** What can be wrong in a file, each with the reason it matters. The code is stable: tests and tools may rely on it. */
export const ISSUE_CODES = {
  "yaml-syntax": "the file is not YAML 1.2",
  "duplicate-key": "a key is written twice; only one of them could count",
  "empty-file": "the file holds no document",
  "unknown-api-version": "the document's format is not known",
  "unknown-key": "a key that would be ignored is more likely a slip",
  "missing-key": "a key that has no default is not there",
  "wrong-type": "a value has another type than its key needs",
  "bad-name": "names are stored, sent as labels and put into URLs",
  "duplicate-name": "two SLOs of one name would share one history",
  "bad-target": "a target is a percentage written as text, so that it stays exact",
  "target-out-of-range": "0 % asks nothing and 100 % leaves no budget to measure against",
  "bad-duration": "a duration is whole numbers with the units w d h m s ms",
  "duration-out-of-range": "a duration is outside the bounds of its key",
  "bad-value": "a value is not one of those that the key knows",
  "empty-list": "a list without entries would match nothing",
  "good-conditions": "an indicator needs exactly one way to tell good from bad",
  "target-with-percentile": "a percentile is the target already",
  "alerting-factor-unreachable": "no error rate can burn that fast, so the rule could never fire",
  "alerting-factor-inside-budget": "the rule would fire while the budget holds",
  "alerting-short-window": "the short window must have 2 minutes or more and be at most half of the long one",
  "alerting-long-window": "the long window must fit into the SLO's window",
  "alerting-strength": "a pair has exactly one of factor and budget",
  "alerting-duplicate": "two pairs are the same",
  "alerting-default-dropped": "a default pair cannot fire at so low a target",
  "filter-of-kind": "a filter field that this kind of event does not have would match nothing",
  "good-of-kind": "the condition says nothing about this kind of event",
  "bad-time-zone": "a time zone is an IANA name, so that summer time is known",
  "bad-time": "a moment is a wall-clock time in the exclusion's time zone",
  "bad-recurrence": "a recurrence is an RRULE of RFC 5545 with the parts that are offered",
  "timeslice-method": "time slices need a target for each slice, occurrences have none",
  "bad-url": "a probe needs an address that can be fetched",
  "unresolved-reference": "what is referred to is in none of the files",
  "not-yet-supported": "the format has it, this version does not measure it",
} as const;

export type IssueCode = keyof typeof ISSUE_CODES;

/** One thing that is wrong, where it is and what to write instead. */
export interface Issue {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** `slos[0].indicator.kind`; empty for the whole document. */
  readonly path: string;
  readonly code: IssueCode;
  readonly message: string;
  readonly hint: string;
  /** An SLO with an error is left out; a warning changes nothing. */
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
  readonly code: IssueCode;
  readonly message: string;
  readonly hint: string;
  readonly severity?: "error" | "warning";
}

/** Collects the findings of one file. */
export type Report = (place: Place, finding: Finding) => void;

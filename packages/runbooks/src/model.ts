import type { Condition, FieldOf, Kind, Measure, Unit } from "@monotask/telemetry";

/** A runbook: what it is for, who answers, and its steps in the order of the page. */
export interface Runbook {
  /** File name without `.md`; alerts name it. */
  readonly name: string;
  readonly title: string;
  readonly about: FrontMatter;
  readonly sections: readonly Section[];
  readonly steps: readonly Step[];
}

export interface FrontMatter {
  /** Names of the alert rules that link here. */
  readonly alerts: readonly string[];
  readonly severity: "critical" | "warning" | "info";
  readonly owner: string;
  readonly reviewers: readonly string[];
  /** YYYY-MM-DD */
  readonly updated: string;
  readonly escalation: readonly EscalationLevel[];
}

export interface EscalationLevel {
  readonly level: number;
  readonly who: string;
  /** Longest time to the first answer. */
  readonly respondWithinMinutes: number;
  readonly duties: string;
}

export interface Section {
  readonly title: string;
  /** 2 for `##`, 3 for `###`. */
  readonly depth: number;
  /** The titles above it and its own. */
  readonly path: readonly string[];
}

interface StepPlace {
  /** Counted from 1 over the whole page. */
  readonly number: number;
  /** The nearest heading above. */
  readonly title: string;
  readonly path: readonly string[];
  /** Line of the block in the file, from 1. */
  readonly line: number;
}

/** A block of the page that runs. */
export type Step = QueryStep | CommandStep;

/** Asks the data points and reads the answer. */
export interface QueryStep extends StepPlace {
  readonly type: "query";
  readonly kind: Kind;
  readonly where: readonly Condition<FieldOf<Kind>>[];
  readonly by: readonly FieldOf<Kind>[];
  readonly select: readonly SelectedMeasure[];
  /** Quotients of two selected measures. */
  readonly derive: readonly DerivedRatio[];
  /** Column that the rows are ordered by, highest first. */
  readonly orderBy: string;
  /** Rows shown; the reading sees all. */
  readonly shownRows: number;
  /** The first that holds is said. */
  readonly readings: readonly ReadingRule[];
}

export interface SelectedMeasure {
  readonly name: string;
  readonly unit: Unit;
  readonly measure: Measure<FieldOf<Kind>>;
}

export interface DerivedRatio {
  readonly name: string;
  readonly over: string;
  readonly under: string;
  /** `ratio` is shown in percent. */
  readonly unit: Unit;
}

export interface ReadingRule {
  /** All must hold on the first row; none always holds. */
  readonly when: readonly Test[];
  /** A sentence with `{column}`, `{share}` and `{others.column}`. */
  readonly says: string;
  /** True where the sentence names a cause. */
  readonly isCause: boolean;
}

/** A comparison of a figure of the first row: a column, `share` or `others.column`. */
export type Test =
  | { readonly op: ">=" | ">" | "<" | "<="; readonly figure: string; readonly value: number }
  | { readonly op: "~"; readonly figure: string; readonly pattern: RegExp };

/** A command line; one that changes something is asked for first. */
export interface CommandStep extends StepPlace {
  readonly type: "command";
  readonly changes: boolean;
  /** One command a line, `{name}` to be filled in. */
  readonly lines: readonly string[];
  readonly placeholders: readonly string[];
}

/** What is wrong with a runbook file, and where. */
export interface RunbookIssue {
  readonly line: number;
  readonly message: string;
}

export interface Runbook {
  readonly name: string;
  readonly title: string;
  /** The sentence that says when to use it. */
  readonly when: string;
  readonly text: string;
}

/** The Markdown files of runbooks/, part of the bundle. */
export const RUNBOOKS: readonly Runbook[] = [];

export type DashboardIssueCode =
  | "not-json"
  | "wrong-shape"
  | "duplicate-id"
  | "unknown-measure"
  | "bad-query"
  | "wrong-operation"
  | "unknown-slo"
  | "unknown-runbook"
  | "several-scans"
  | "unused-field";

/** One thing to put right in a definition. */
export interface DashboardIssue {
  readonly severity: "error" | "warning";
  readonly code: DashboardIssueCode;
  /** `sections[0].panels[2].query.measures.p95`. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** One line per issue. */
export function formatDashboardIssues(issues: readonly DashboardIssue[], file: string): string {
  return issues
    .map(({ severity, code, path, message, hint }) => `${file} ${path}: ${severity} ${code}: ${message}. ${hint}`)
    .join("\n");
}

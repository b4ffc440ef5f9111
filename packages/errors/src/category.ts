import type { Severity } from "@monotask/alerts";

/** What part of the system failed. */
export type ErrorCategory =
  | "database"
  | "external-api"
  | "timeout"
  | "cpu-memory"
  | "queue"
  | "sandbox"
  | "validation"
  | "rate-limit"
  | "auth"
  | "not-found"
  | "client-disconnect"
  | "unknown";

interface CategoryFacts {
  readonly severity: Severity;
  /** What to look at first, most likely cause first. */
  readonly checks: readonly string[];
}

/** Severity and first checks of each category. Info is logged and never told to a person. */
export const categoryFacts: Readonly<Record<ErrorCategory, CategoryFacts>> = {
  database: {
    severity: "critical",
    checks: ["Is D1 answering? Look at query time and D1 status", "Was a migration or a deploy rolled out just before?"],
  },
  "external-api": {
    severity: "warning",
    checks: ["Does the other service report an incident?", "Is its token valid and its quota left?"],
  },
  timeout: { severity: "warning", checks: ["Which call takes the time: database, other service or own code?"] },
  "cpu-memory": {
    severity: "critical",
    checks: ["Did a deploy raise CPU time or memory?", "Is one request far larger than the others?"],
  },
  queue: { severity: "critical", checks: ["Is the backlog growing?", "Are messages in the dead letter queue?"] },
  sandbox: { severity: "warning", checks: ["How many sandboxes are active?", "Do they time out while provisioning?"] },
  validation: { severity: "info", checks: [] },
  "rate-limit": { severity: "info", checks: [] },
  auth: { severity: "info", checks: [] },
  "not-found": { severity: "info", checks: [] },
  "client-disconnect": { severity: "info", checks: [] },
  unknown: { severity: "warning", checks: ["Was a version deployed just before the first occurrence?"] },
};

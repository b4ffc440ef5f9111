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
  /** File name of the runbook for it, without `.md`. */
  readonly runbook?: string;
  /** What to look at first, most likely cause first. */
  readonly checks?: readonly string[];
}

/** Severity, runbook and first checks of each category. Info is logged and never told to a person. */
const FACTS: Readonly<Record<ErrorCategory, CategoryFacts>> = {
  database: {
    severity: "critical",
    runbook: "database-slow",
    checks: ["Is D1 answering? Look at query time and D1 status", "Was a migration or a deploy rolled out just before?"],
  },
  "external-api": {
    severity: "warning",
    checks: ["Does the other service report an incident?", "Is its token valid and its quota left?"],
  },
  timeout: {
    severity: "warning",
    runbook: "worker-timeout",
    checks: ["Which call takes the time: database, other service or own code?"],
  },
  "cpu-memory": {
    severity: "critical",
    runbook: "worker-timeout",
    checks: ["Did a deploy raise CPU time or memory?", "Is one request far larger than the others?"],
  },
  queue: {
    severity: "critical",
    runbook: "queue-backup",
    checks: ["Is the backlog growing?", "Are messages in the dead letter queue?"],
  },
  sandbox: {
    severity: "warning",
    runbook: "sandbox-stuck",
    checks: ["How many sandboxes are active?", "Do they time out while provisioning?"],
  },
  validation: { severity: "info" },
  "rate-limit": { severity: "info" },
  auth: { severity: "info" },
  "not-found": { severity: "info" },
  "client-disconnect": { severity: "info" },
  unknown: { severity: "warning", checks: ["Was a version deployed just before the first occurrence?"] },
};

/** Facts of a category; one that a user made up is a warning until a rule says more. */
export function factsOf(category: string): CategoryFacts {
  return Object.hasOwn(FACTS, category) ? FACTS[category as ErrorCategory] : FACTS.unknown;
}

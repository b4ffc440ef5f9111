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

/** Info is logged and never told to a person. What to do about each is said by `@monotask/alerts`, where messages are made. */
const SEVERITIES: Readonly<Record<ErrorCategory, Severity>> = {
  database: "critical",
  "external-api": "warning",
  timeout: "warning",
  "cpu-memory": "critical",
  queue: "critical",
  sandbox: "warning",
  validation: "info",
  "rate-limit": "info",
  auth: "info",
  "not-found": "info",
  "client-disconnect": "info",
  unknown: "warning",
};

/** Severity of a category; one that a user made up is a warning until a rule says more. */
export function severityOf(category: string): Severity {
  return Object.hasOwn(SEVERITIES, category) ? SEVERITIES[category as ErrorCategory] : "warning";
}

import type { AlertSignal } from "./signal.ts";

/** What a person who is told should do. */
export interface Advice {
  readonly runbookUrl: string;
  /** What to look at first, most likely cause first. */
  readonly suggestedChecks: readonly string[];
}

/**
 * Runbook and first checks of what workers raise by themselves. They raise facts; the words are kept here, where messages are made, so
 * that they do not ship into each worker.
 */
export function adviceOn({ name, labels }: Pick<AlertSignal, "name" | "labels">): Advice | undefined {
  if (name === "queue:poison") return poisonAdvice(labels["queue"]);
  const { category = "" } = labels;
  if (name !== `error:${category}`) return undefined;
  const { runbook = "high-error-rate", checks } = BY_CATEGORY.get(category) ?? UNKNOWN;
  const runbookUrl = `runbooks/${runbook}.md`;
  return { runbookUrl, suggestedChecks: [...checks, `Follow ${runbookUrl}`] };
}

function poisonAdvice(queue: string | undefined): Advice {
  return {
    runbookUrl: "runbooks/queue-backup.md",
    suggestedChecks: [
      `monotask queue dlq list --queue ${queue ?? "(unknown)"}`,
      "Mend what the error names, then redrive: monotask queue dlq redrive --all",
    ],
  };
}

interface CategoryAdvice {
  /** File name of the runbook, without `.md`. */
  readonly runbook?: string;
  readonly checks: readonly string[];
}

const UNKNOWN: CategoryAdvice = { checks: ["Was a version deployed just before the first occurrence?"] };

/** Categories of which there is more to say. */
const BY_CATEGORY: ReadonlyMap<string, CategoryAdvice> = /* @__PURE__ */ new Map(
  Object.entries<CategoryAdvice>({
    database: {
      runbook: "database-slow",
      checks: ["Is D1 answering? Look at query time and D1 status", "Was a migration or a deploy rolled out just before?"],
    },
    "external-api": {
      checks: ["Does the other service report an incident?", "Is its token valid and its quota left?"],
    },
    timeout: {
      runbook: "worker-timeout",
      checks: ["Which call takes the time: database, other service or own code?"],
    },
    "cpu-memory": {
      runbook: "worker-timeout",
      checks: ["Did a deploy raise CPU time or memory?", "Is one request far larger than the others?"],
    },
    queue: {
      runbook: "queue-backup",
      checks: ["Is the backlog growing?", "Are messages in the dead letter queue?"],
    },
    sandbox: {
      runbook: "sandbox-stuck",
      checks: ["How many sandboxes are active?", "Do they time out while provisioning?"],
    },
  }),
);

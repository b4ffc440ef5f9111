import { parseRunbook } from "@monotask/runbooks";
import type { Runbook } from "@monotask/runbooks";
import databaseSlow from "../../../../runbooks/database-slow.md";
import highErrorRate from "../../../../runbooks/high-error-rate.md";
import maintenance from "../../../../runbooks/maintenance.md";
import queueBackup from "../../../../runbooks/queue-backup.md";
import sandboxStuck from "../../../../runbooks/sandbox-stuck.md";
import workerTimeout from "../../../../runbooks/worker-timeout.md";

export interface ShippedRunbook {
  readonly runbook: Runbook;
  /** The page without its front matter. */
  readonly text: string;
  /** The sentence that says when to use it: the first paragraph. */
  readonly when: string;
}

const FILES: readonly (readonly [name: string, text: string])[] = [
  ["high-error-rate", highErrorRate],
  ["queue-backup", queueBackup],
  ["database-slow", databaseSlow],
  ["worker-timeout", workerTimeout],
  ["sandbox-stuck", sandboxStuck],
  ["maintenance", maintenance],
];

/** The Markdown files of runbooks/, part of the bundle. */
export const RUNBOOKS: readonly ShippedRunbook[] = FILES.map(([name, source]) => {
  const text = source.replace(/^---\n[\s\S]*?\n---\n/, "");
  const when = /^#[^\n]*\n+([^\n#][^\n]*)/m.exec(text)?.[1] ?? "";
  return { runbook: parseRunbook(source, name).runbook, text, when };
});

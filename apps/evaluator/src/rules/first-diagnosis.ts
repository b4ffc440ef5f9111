import type { Enrichment, Notification } from "@monotask/alerts";
import { firstDiagnosis, parseRunbook, queryOf, readStep } from "@monotask/runbooks";
import type { QueryStep } from "@monotask/runbooks";
import type { QueryPort, Row } from "@monotask/telemetry";
import databaseSlow from "../../../../runbooks/database-slow.md";
import highErrorRate from "../../../../runbooks/high-error-rate.md";
import queueBackup from "../../../../runbooks/queue-backup.md";
import sandboxStuck from "../../../../runbooks/sandbox-stuck.md";
import workerTimeout from "../../../../runbooks/worker-timeout.md";

const PAGES: ReadonlyMap<string, string> = new Map([
  ["database-slow", databaseSlow],
  ["high-error-rate", highErrorRate],
  ["queue-backup", queueBackup],
  ["sandbox-stuck", sandboxStuck],
  ["worker-timeout", workerTimeout],
]);

/** What was before the alert began belongs to its cause. */
const BEFORE_START_MS = 10 * 60_000;

/**
 * The first diagnosis of the runbook that the loudest alert names, as its message carries it. Undefined where no runbook is named or
 * nothing was measured: a message says only what is known.
 */
export async function diagnosed(notification: Notification, query: QueryPort): Promise<Enrichment | undefined> {
  const signal = notification.alerts.find(({ signal: { runbook } }) => PAGES.has(runbook ?? ""))?.signal;
  if (signal?.runbook === undefined) return undefined;
  const { runbook } = signal;
  const step = firstDiagnosis(parseRunbook(PAGES.get(runbook) ?? "", runbook).runbook);
  if (!step) return undefined;
  const range = { fromMs: notification.startsAtMs - BEFORE_START_MS, toMs: notification.decidedAtMs + 1 };
  // An objective over several workers names none of them.
  const own = await rowsOf(query, step, { ...range, worker: signal.labels.worker });
  const rows = own.length > 0 ? own : await rowsOf(query, step, range);
  if (rows.length === 0) return undefined;
  const minutes = Math.max(1, Math.round((range.toMs - range.fromMs) / 60_000));
  return { firstCheck: { runbook, step: step.number, text: readStep(step, rows, `${minutes}m`).sentence } };
}

async function rowsOf(query: QueryPort, step: QueryStep, scope: Parameters<typeof queryOf>[1]): Promise<readonly Row[]> {
  const result = await query.run(queryOf(step, scope));
  return result.kind === "rows" ? result.rows : [];
}

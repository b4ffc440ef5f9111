/** Events of a task that no API call returns: they make a missing index and a large write cost what they cost in production. */
const BULK_TASK = "bulk";
const BULK_ROWS = 150_000;

export async function addBulkRows(db: D1Database): Promise<void> {
  if ((await db.prepare("SELECT 1 FROM task_events WHERE task_id = ? LIMIT 1").bind(BULK_TASK).first()) !== null) return;
  await db
    .prepare(
      `INSERT INTO task_events (task_id, from_status, to_status, reason, at)
       WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       SELECT ?, 'pending', 'in_progress', hex(randomblob(16)), n FROM numbers`,
    )
    .bind(BULK_ROWS, BULK_TASK)
    .run();
}

/** A write that holds the database's one writer for a while. */
export async function rewriteBulkRows(db: D1Database): Promise<void> {
  await db.prepare("UPDATE task_events SET at = at + 1 WHERE task_id = ?").bind(BULK_TASK).run();
}

export async function removeBulkRows(db: D1Database): Promise<void> {
  await db.prepare("DELETE FROM task_events WHERE task_id = ?").bind(BULK_TASK).run();
}

export async function dropEventIndex(db: D1Database): Promise<void> {
  await db.prepare("DROP INDEX IF EXISTS task_events_by_task").run();
}

/** The same statement as in the migration. */
export async function restoreEventIndex(db: D1Database): Promise<void> {
  await db.prepare("CREATE INDEX IF NOT EXISTS task_events_by_task ON task_events (task_id, at)").run();
}

export interface AuditEntry {
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly detail: string;
  readonly outcome: string;
}

/** Who did what: kept in D1 for ever. */
export interface AuditLog {
  /** Writes the entry before the action is passed on. @returns its id, to say how it ended */
  begin(entry: Omit<AuditEntry, "outcome">): Promise<number>;
  end(id: number, outcome: string): Promise<void>;
  newest(limit: number): Promise<AuditEntry[]>;
}

export function createAuditLog(db: D1Database): AuditLog {
  return {
    async begin({ atMs, actor, action, target, detail }) {
      const row = await db
        .prepare(
          "INSERT INTO audit_log (at_ms, actor, action, target, detail, outcome) VALUES (?, ?, ?, ?, ?, 'begun') RETURNING id",
        )
        .bind(atMs, actor, action, target, detail.slice(0, 2_000))
        .first<{ id: number }>();
      if (row === null) throw new Error("D1 gave the audit entry no id");
      return row.id;
    },
    async end(id, outcome) {
      await db.prepare("UPDATE audit_log SET outcome = ? WHERE id = ?").bind(outcome.slice(0, 300), id).run();
    },
    async newest(limit) {
      const { results } = await db
        .prepare("SELECT at_ms AS atMs, actor, action, target, detail, outcome FROM audit_log ORDER BY id DESC LIMIT ?")
        .bind(limit)
        .all<AuditEntry & Record<string, unknown>>();
      return results;
    },
  };
}

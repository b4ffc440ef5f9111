/** One state of the rules. Revision 0 is what was deployed. */
export interface RulesRevision {
  readonly revision: number;
  readonly text: string;
  readonly by: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** Revisions that are kept; the oldest go first. */
const KEPT_REVISIONS = 50;
/** A Durable Object's row holds 2 MB; a rules file of this size is a mistake. */
export const MAX_RULES_CHARACTERS = 256_000;

/** Pushed rules in the storage of the object that tells alerts, so that rules and routes change in one place and at once. */
export class RulesStore {
  readonly #sql: SqlStorage;
  readonly #shipped: string;

  constructor(sql: SqlStorage, shipped: string) {
    this.#sql = sql;
    this.#shipped = shipped;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS rules (revision INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, by TEXT NOT NULL, at_ms INTEGER NOT NULL, is_live INTEGER NOT NULL)",
    );
  }

  live(): RulesRevision {
    return this.#read("SELECT revision, text, by, at_ms FROM rules WHERE is_live = 1") ?? this.#deployed();
  }

  push(text: string, by: string, atMs: number): RulesRevision {
    this.#sql.exec("UPDATE rules SET is_live = 0 WHERE is_live = 1");
    this.#sql.exec("INSERT INTO rules (text, by, at_ms, is_live) VALUES (?, ?, ?, 1)", text, by, atMs);
    this.#sql.exec("DELETE FROM rules WHERE revision <= (SELECT MAX(revision) FROM rules) - ?", KEPT_REVISIONS);
    return this.live();
  }

  /** Back to the revision before the live one, or to the given one; 0 is what was deployed. Undefined where there is none. */
  rollback(to?: number): RulesRevision | undefined {
    const { revision } = this.live();
    if (revision === 0 && to === undefined) return undefined;
    const before = this.#read(
      "SELECT revision, text, by, at_ms FROM rules WHERE revision < ? ORDER BY revision DESC LIMIT 1",
      revision,
    );
    const target = to ?? before?.revision ?? 0;
    if (target !== 0 && !this.#read("SELECT revision, text, by, at_ms FROM rules WHERE revision = ?", target)) return undefined;
    this.#sql.exec("UPDATE rules SET is_live = (revision = ?)", target);
    return this.live();
  }

  #read(query: string, ...bindings: number[]): RulesRevision | undefined {
    const [row] = this.#sql.exec<{ revision: number; text: string; by: string; at_ms: number }>(query, ...bindings).toArray();
    return row && { revision: row.revision, text: row.text, by: row.by, atMs: row.at_ms };
  }

  #deployed(): RulesRevision {
    return { revision: 0, text: this.#shipped, by: "deploy", atMs: 0 };
  }
}

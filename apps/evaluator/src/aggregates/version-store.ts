import type { WorkerVersion } from "./versions.ts";

/** What is asked for: versions that answered within the range, of one worker or environment where they are named. */
export interface VersionRange {
  readonly fromMs: number;
  readonly beforeMs: number;
  readonly worker?: string;
  readonly environment?: string;
}

/** Where versions are kept for ever. */
export interface VersionStore {
  hasAny(): Promise<boolean>;
  /** The statement that adds what was seen, to be run together with others. */
  saving(versions: readonly WorkerVersion[]): D1PreparedStatement;
  /** The oldest first. */
  read(range: VersionRange): Promise<WorkerVersion[]>;
}

/** More markers than this cannot be told apart on any axis. */
const MOST_VERSIONS = 2_000;

interface VersionRow {
  readonly worker: string;
  readonly environment: string;
  readonly version: string;
  readonly first_ms: number;
  readonly last_ms: number;
}

export function createVersionStore(db: D1Database): VersionStore {
  return {
    async hasAny() {
      return (await db.prepare("SELECT 1 FROM worker_versions LIMIT 1").first()) !== null;
    },
    saving(versions) {
      // Days are kept in any order: what is known grows in both directions. One statement, however many versions there are.
      return db
        .prepare(
          `INSERT INTO worker_versions (worker, environment, version, first_ms, last_ms)
           SELECT value ->> 'worker', value ->> 'environment', value ->> 'version', value ->> 'firstMs', value ->> 'lastMs'
           FROM json_each(?) WHERE true
           ON CONFLICT DO UPDATE SET first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)`,
        )
        .bind(JSON.stringify(versions));
    },
    async read({ fromMs, beforeMs, worker = "", environment = "" }) {
      const { results } = await db
        .prepare(
          `SELECT worker, environment, version, first_ms, last_ms FROM worker_versions
           WHERE last_ms >= ?1 AND first_ms < ?2 AND (?3 = '' OR worker = ?3) AND (?4 = '' OR environment = ?4)
           ORDER BY first_ms DESC LIMIT ${MOST_VERSIONS}`,
        )
        .bind(fromMs, beforeMs, worker, environment)
        .all<VersionRow>();
      return results
        .map((row) => ({
          worker: row.worker,
          environment: row.environment,
          version: row.version,
          firstMs: row.first_ms,
          lastMs: row.last_ms,
        }))
        .reverse();
    },
  };
}

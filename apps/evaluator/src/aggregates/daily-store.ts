import type { DailyRows } from "@monotask/panels";
import { createVersionStore } from "./version-store.ts";
import type { VersionStore } from "./version-store.ts";
import type { WorkerVersion } from "./versions.ts";

/** Days since 1970, and what was kept of each. */
export interface KeptDay {
  readonly day: number;
  readonly kept: readonly DailyRows[];
}

/** Where the dashboard's metrics are kept for ever. */
export interface DailyStore {
  /** Of these days, those of which every section is kept. */
  complete(fromDay: number, beforeDay: number, sections: number): Promise<ReadonlySet<number>>;
  /** All of a day, or nothing of it. */
  save(day: number, bySection: ReadonlyMap<string, readonly DailyRows[]>, versions: readonly WorkerVersion[]): Promise<void>;
  /** Versions that answered on kept days. */
  readonly versions: VersionStore;
  /** The day after the newest kept one; undefined before the first. */
  keptBefore(): Promise<number | undefined>;
  read(section: string, fromDay: number, beforeDay: number): Promise<KeptDay[]>;
}

export function createDailyStore(db: D1Database): DailyStore {
  const versions = createVersionStore(db);
  return {
    versions,
    async complete(fromDay, beforeDay, sections) {
      const { results } = await db
        .prepare("SELECT day FROM daily_aggregates WHERE day >= ? AND day < ? GROUP BY day HAVING count(*) >= ?")
        .bind(fromDay, beforeDay, sections)
        .all<{ day: number }>();
      return new Set(results.map(({ day }) => day));
    },
    async save(day, bySection, seen) {
      const insert = db.prepare("INSERT OR REPLACE INTO daily_aggregates (day, section, kept) VALUES (?, ?, ?)");
      const sections = [...bySection].map(([section, kept]) => insert.bind(day, section, JSON.stringify(kept)));
      await db.batch([versions.saving(seen), ...sections]);
    },
    async keptBefore() {
      const newest = await db.prepare("SELECT max(day) AS day FROM daily_aggregates").first<{ day: number | null }>();
      return newest === null || newest.day === null ? undefined : newest.day + 1;
    },
    async read(section, fromDay, beforeDay) {
      const { results } = await db
        .prepare("SELECT day, kept FROM daily_aggregates WHERE section = ? AND day >= ? AND day < ? ORDER BY day")
        .bind(section, fromDay, beforeDay)
        .all<{ day: number; kept: string }>();
      // The rows were written by `save` above; their shape is this module's own.
      return results.map(({ day, kept }) => ({ day, kept: JSON.parse(kept) as DailyRows[] }));
    },
  };
}

/** Gathers rows of many requests into few inserts: ClickHouse likes one insert of 1,000 rows better than 1,000 of one. */
export interface GroupCommit {
  /** Resolves when these rows are stored; rejects when their insert failed. */
  add(dataset: string, rows: string, count: number): Promise<void>;
  /** Stores what is waiting and refuses more. */
  close(): Promise<void>;
}

export interface GroupCommitOptions {
  readonly insert: (dataset: string, rows: string, count: number) => Promise<void>;
  /** How long the first row of a group waits for others, in ms. */
  readonly gatherMs?: number;
  /** A group this large is stored at once. */
  readonly maxRows?: number;
}

interface Group {
  rows: string[];
  count: number;
  readonly stored: Promise<void>;
  readonly store: () => void;
}

/** One group per dataset is gathered while the one before it is being stored. */
export function createGroupCommit({ insert, gatherMs = 10, maxRows = 50_000 }: GroupCommitOptions): GroupCommit {
  const gathering = new Map<string, Group>();
  const storing = new Map<string, Promise<void>>();
  let closed = false;

  const begin = (dataset: string): Group => {
    let store: () => void = () => undefined;
    const stored = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => store(), gatherMs);
      let due = false;
      store = () => {
        if (due) return;
        due = true;
        clearTimeout(timer);
        const previous = storing.get(dataset) ?? Promise.resolve();
        const done = previous.then(() => {
          // Rows that came while the previous insert ran belong to this one.
          if (gathering.get(dataset) === group) gathering.delete(dataset);
          return insert(dataset, group.rows.join(""), group.count);
        });
        done.then(resolve, reject);
        storing.set(
          dataset,
          done.catch(() => undefined),
        );
      };
    });
    const group: Group = { rows: [], count: 0, stored, store: () => store() };
    gathering.set(dataset, group);
    return group;
  };

  return {
    add(dataset, rows, count) {
      if (closed) return Promise.reject(new Error("the engine is closed"));
      if (count === 0) return Promise.resolve();
      const group = gathering.get(dataset) ?? begin(dataset);
      group.rows.push(rows);
      group.count += count;
      if (group.count >= maxRows) group.store();
      return group.stored;
    },
    async close() {
      closed = true;
      const waiting = [...gathering.values()];
      for (const group of waiting) group.store();
      await Promise.allSettled([...waiting.map((group) => group.stored), ...storing.values()]);
    },
  };
}

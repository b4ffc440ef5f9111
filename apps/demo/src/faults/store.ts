import { createD1Store, type StoreSources } from "../d1-store.ts";
import type { Store, TaskFilter, TaskInList } from "../store.ts";
import { rewriteBulkRows } from "./bulk-rows.ts";
import type { FaultState } from "./state.ts";

/** The real store on the real database, used badly while a switch is on. */
export function openFaultyStore(sources: StoreSources, state: FaultState): Store {
  const switches = state.now();
  const store = createD1Store(switches.badDeploy ? { ...sources, db: withoutItsMigration(sources.db) } : sources);
  const contended = <T>(write: () => Promise<T>): Promise<T> =>
    switches.lockContention ? behindARival(sources.db, write) : write();
  return {
    ...store,
    createProject: (project) => contended(() => store.createProject(project)),
    createTask: (task) => contended(() => store.createTask(task)),
    moveTask: (...move) => contended(() => store.moveTask(...move)),
    listTasks: (filter) => (switches.nPlusOne ? listOneByOne(sources, store, filter) : store.listTasks(filter)),
  };
}

/** The code of a version that expects a renamed column, on a database where nobody renamed it. */
function withoutItsMigration(db: D1Database): D1Database {
  const prepare = (sql: string): D1PreparedStatement =>
    db.prepare(sql.startsWith("INSERT INTO tasks ") ? sql.replace("priority", "priority_level") : sql);
  return {
    prepare,
    batch: (s) => db.batch(s),
    exec: (sql) => db.exec(sql),
    withSession: (c) => db.withSession(c),
    dump: () => Promise.reject(new Error("D1 has no dump any more")),
  };
}

async function behindARival<T>(db: D1Database, write: () => Promise<T>): Promise<T> {
  const rival = rewriteBulkRows(db);
  const [own] = await Promise.all([write(), rival]);
  return own;
}

async function listOneByOne({ db, query }: StoreSources, store: Store, filter: TaskFilter): Promise<TaskInList[]> {
  const listed: TaskInList[] = [];
  for (const { id } of await store.listTasks(filter)) {
    const task = await store.findTask(id);
    const project = task === undefined ? undefined : await store.findProject(task.projectId);
    if (task === undefined || project === undefined) continue;
    const moved = await query(() =>
      db.prepare("SELECT max(at) AS at FROM task_events WHERE task_id = ?").bind(id).first<number | null>("at"),
    );
    listed.push({ ...task, projectName: project.name, lastMovedAt: moved });
  }
  return listed;
}

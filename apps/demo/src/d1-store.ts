import type { Project, Store, Task, TaskEvent, TaskFilter, TaskInList } from "./store.ts";

export interface StoreSources {
  readonly db: D1Database;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Runs one query and measures it. */
  readonly query: <T>(run: () => Promise<T>) => Promise<T>;
}

/** The store on D1. */
export function createD1Store({ db, now, query }: StoreSources): Store {
  return {
    async ping() {
      await query(() => db.prepare("SELECT 1").first());
    },

    async createProject({ name, repository }) {
      const project: Project = { id: `prj_${crypto.randomUUID()}`, name, repository: repository ?? null, createdAt: now() };
      await query(() =>
        db
          .prepare("INSERT INTO projects (id, name, repository, created_at) VALUES (?, ?, ?, ?)")
          .bind(project.id, project.name, project.repository, project.createdAt)
          .run(),
      );
      return project;
    },

    async listProjects(limit) {
      const found = await query(() =>
        db.prepare(`SELECT ${PROJECT} FROM projects ORDER BY created_at DESC LIMIT ?`).bind(limit).all<Project>(),
      );
      return found.results;
    },

    async findProject(id) {
      return (
        (await query(() => db.prepare(`SELECT ${PROJECT} FROM projects WHERE id = ?`).bind(id).first<Project>())) ?? undefined
      );
    },

    async createTask({ projectId, title, instructions, priority }) {
      const at = now();
      const task: Task = {
        id: `tsk_${crypto.randomUUID()}`,
        projectId,
        title,
        instructions,
        priority,
        status: "pending",
        artifactKey: null,
        createdAt: at,
        updatedAt: at,
      };
      await query(() =>
        db
          .prepare(
            "INSERT INTO tasks (id, project_id, title, instructions, priority, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          )
          .bind(task.id, projectId, title, instructions, priority, task.status, at, at)
          .run(),
      );
      return task;
    },

    async listTasks(filter) {
      const { where, values } = conditions(filter);
      const found = await query(() =>
        db
          .prepare(
            `SELECT tasks.id, tasks.title, tasks.status, tasks.project_id AS projectId, projects.name AS projectName, tasks.created_at AS createdAt,
             (SELECT max(at) FROM task_events WHERE task_id = tasks.id) AS lastMovedAt
           FROM tasks JOIN projects ON projects.id = tasks.project_id ${where} ORDER BY tasks.created_at DESC LIMIT ?`,
          )
          .bind(...values, filter.limit)
          .all<TaskInList>(),
      );
      return found.results;
    },

    async findTask(id) {
      return (await query(() => db.prepare(`SELECT ${TASK} FROM tasks WHERE id = ?`).bind(id).first<Task>())) ?? undefined;
    },

    async taskHistory(id) {
      const found = await query(() =>
        db
          .prepare('SELECT from_status AS "from", to_status AS "to", reason, at FROM task_events WHERE task_id = ? ORDER BY at')
          .bind(id)
          .all<TaskEvent>(),
      );
      return found.results;
    },

    async moveTask(id, from, to, reason) {
      const at = now();
      const [, update] = await query(() =>
        db.batch([
          eventIfStill(db, { id, from, to, reason, at }),
          db.prepare("UPDATE tasks SET status = ?, updated_at = ? WHERE id = ? AND status = ?").bind(to, at, id, from),
        ]),
      );
      return update?.meta.changes === 1;
    },

    async isProcessed(messageId) {
      return (
        (await query(() => db.prepare("SELECT 1 FROM processed_messages WHERE message_id = ?").bind(messageId).first())) !== null
      );
    },

    async finishExecution({ messageId, taskId, outcome, reason, artifactKey }) {
      const at = now();
      // One transaction: a redelivered message is ignored by its id, and a task that ended another way stays as it is.
      const [first] = await query(() =>
        db.batch([
          db
            .prepare("INSERT OR IGNORE INTO processed_messages (message_id, task_id, outcome, at) VALUES (?, ?, ?, ?)")
            .bind(messageId, taskId, outcome, at),
          eventIfStill(db, { id: taskId, from: "in_progress", to: outcome, reason, at }),
          db
            .prepare("UPDATE tasks SET status = ?, artifact_key = ?, updated_at = ? WHERE id = ? AND status = 'in_progress'")
            .bind(outcome, artifactKey ?? null, at, taskId),
        ]),
      );
      return first?.meta.changes === 1;
    },
  };
}

const PROJECT = "id, name, repository, created_at AS createdAt";
const TASK =
  "id, project_id AS projectId, title, instructions, priority, status, artifact_key AS artifactKey, created_at AS createdAt, updated_at AS updatedAt";

function eventIfStill(db: D1Database, event: TaskEvent & { id: string }): D1PreparedStatement {
  return db
    .prepare(
      "INSERT INTO task_events (task_id, from_status, to_status, reason, at) SELECT id, status, ?, ?, ? FROM tasks WHERE id = ? AND status = ?",
    )
    .bind(event.to, event.reason, event.at, event.id, event.from);
}

function conditions(filter: TaskFilter): { where: string; values: string[] } {
  const parts: [string, string | undefined][] = [
    ["tasks.project_id = ?", filter.projectId],
    ["tasks.status = ?", filter.status],
  ];
  const used = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  return {
    where: used.length === 0 ? "" : `WHERE ${used.map(({ sql }) => sql).join(" AND ")}`,
    values: used.map(({ value }) => value),
  };
}

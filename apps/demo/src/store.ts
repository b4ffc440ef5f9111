import type { TaskStatus } from "./task-state.ts";

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly repository: string | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface Task {
  readonly id: string;
  readonly projectId: string;
  readonly title: string;
  readonly instructions: string;
  /** 1 (first) to 5 (last). */
  readonly priority: number;
  readonly status: TaskStatus;
  readonly artifactKey: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface TaskInList {
  readonly id: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly projectId: string;
  readonly projectName: string;
  readonly createdAt: number;
  /** Of the last transition; null for a task that never moved. */
  readonly lastMovedAt: number | null;
}

export interface TaskEvent {
  readonly from: TaskStatus;
  readonly to: TaskStatus;
  readonly reason: string;
  readonly at: number;
}

export interface TaskFilter {
  readonly projectId?: string | undefined;
  readonly status?: TaskStatus | undefined;
  readonly limit: number;
}

/** What one queue message did to its task. */
export interface FinishedExecution {
  readonly messageId: string;
  readonly taskId: string;
  readonly outcome: "completed" | "failed";
  readonly reason: string;
  readonly artifactKey?: string | undefined;
}

/** Where projects and tasks are kept. */
export interface Store {
  /** @throws what the database throws */
  ping(): Promise<void>;
  createProject(project: { name: string; repository?: string | undefined }): Promise<Project>;
  listProjects(limit: number): Promise<Project[]>;
  findProject(id: string): Promise<Project | undefined>;
  createTask(task: { projectId: string; title: string; instructions: string; priority: number }): Promise<Task>;
  listTasks(filter: TaskFilter): Promise<TaskInList[]>;
  findTask(id: string): Promise<Task | undefined>;
  taskHistory(id: string): Promise<TaskEvent[]>;
  /** Moves the task if it still is in `from`; false when somebody else was first. */
  moveTask(id: string, from: TaskStatus, to: TaskStatus, reason: string): Promise<boolean>;
  isProcessed(messageId: string): Promise<boolean>;
  /** Stores the end of an execution once per message id; false when that message's effects are stored already. */
  finishExecution(execution: FinishedExecution): Promise<boolean>;
}

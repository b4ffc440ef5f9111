/** The life of a task. Completed and failed are final. */
export const TASK_STATUSES = ["pending", "in_progress", "completed", "failed"] as const;

export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Statuses that may follow `from`, in no order; empty for a final status. */
export function nextStatuses(from: TaskStatus): readonly TaskStatus[] {
  return NEXT[from];
}

export function canMove(from: TaskStatus, to: TaskStatus): boolean {
  return NEXT[from].includes(to);
}

export function isFinal(status: TaskStatus): boolean {
  return NEXT[status].length === 0;
}

const NEXT: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  pending: ["in_progress"],
  in_progress: ["completed", "failed"],
  completed: [],
  failed: [],
};

import { oneOf, weighted, type Random } from "./random.ts";

/** A request that somebody makes of the demo. */
export interface PlannedRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  /** Tells the mix what the API answered, so that later requests can go on from it. */
  readonly onAnswer?: (status: number, body: unknown) => void;
}

/** Plans requests as the people of a small team make them. */
export interface Mix {
  next(): PlannedRequest;
}

interface KnownTask {
  readonly id: string;
  status: "pending" | "in_progress";
}

/** People reading far more than writing, a few mistakes among them; the same for the same draws and answers. */
export function createMix(random: Random): Mix {
  const projects: string[] = [];
  const tasks: KnownTask[] = [];
  let made = 0;

  const createProject = (): PlannedRequest => ({
    method: "POST",
    path: "/api/projects",
    body: { name: `Project ${(made += 1)}`, repository: oneOf(REPOSITORIES, random) },
    onAnswer: (status, body) => remember(projects, status === 201 ? idOf(body) : undefined),
  });
  const createTask = (): PlannedRequest => ({
    method: "POST",
    path: "/api/tasks",
    body: {
      projectId: oneOf(projects, random),
      title: `Task ${(made += 1)}`,
      instructions: oneOf(INSTRUCTIONS, random),
      priority: 1 + Math.floor(random() * 5),
    },
    onAnswer: (status, body) => {
      const id = status === 201 ? idOf(body) : undefined;
      if (id !== undefined) remember(tasks, { id, status: "pending" });
    },
  });
  const advanceTask = (): PlannedRequest => {
    const task = oneOf(tasks, random);
    if (task === undefined) return createTask();
    const to = task.status === "pending" ? "in_progress" : "completed";
    return {
      method: "POST",
      path: `/api/tasks/${task.id}/transitions`,
      body: { to },
      onAnswer: (status) => {
        if (status === 200 && to === "in_progress") task.status = to;
        else if (status !== 500) forget(tasks, task);
      },
    };
  };
  const executeTask = (): PlannedRequest => {
    const task = oneOf(tasks, random);
    if (task === undefined) return createTask();
    // From here on the queue moves it.
    forget(tasks, task);
    return { method: "POST", path: `/api/tasks/${task.id}/execute` };
  };
  const readTask = (): PlannedRequest => get(`/api/tasks/${oneOf(tasks, random)?.id ?? UNKNOWN_TASK}`);
  const listOfProject = (): PlannedRequest => get(`/api/tasks?projectId=${oneOf(projects, random) ?? ""}&limit=20`);

  const usual: readonly (readonly [number, () => PlannedRequest])[] = [
    [26, () => get("/api/tasks?limit=20")],
    [10, listOfProject],
    [24, readTask],
    [12, createTask],
    [9, advanceTask],
    [4, executeTask],
    [7, () => get("/api/projects")],
    [4, () => get(`/api/repos/${oneOf(REPOSITORIES, random) ?? ""}`)],
    [1, () => ({ method: "POST", path: "/api/agents/complete", body: { prompt: oneOf(INSTRUCTIONS, random), maxTokens: 256 } })],
    [1, createProject],
    [1, () => get(`/api/tasks/${UNKNOWN_TASK}`)],
    [1, () => ({ method: "POST", path: "/api/tasks", body: { title: "" } })],
  ];
  return {
    next() {
      if (projects.length === 0) return createProject();
      return (weighted(usual, random) ?? createProject)();
    },
  };
}

const UNKNOWN_TASK = "00000000-0000-4000-8000-000000000000";
const REPOSITORIES = ["acme/web", "acme/api", "acme/mobile", "globex/billing", "initech/reports"];
const INSTRUCTIONS = [
  "Fix the login form: it loses the password on a second try.",
  "Write tests for the billing module and correct what they find.",
  "Move the reports to the new query interface.",
  "Explain why the nightly import takes two hours.",
];
/** The oldest are forgotten, so that a run of days keeps its memory. */
const MOST_REMEMBERED = 500;

function get(path: string): PlannedRequest {
  return { method: "GET", path };
}

function remember<T>(list: T[], item: T | undefined): void {
  if (item === undefined) return;
  list.push(item);
  if (list.length > MOST_REMEMBERED) list.shift();
}

function forget<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}

function idOf(body: unknown): string | undefined {
  const id: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "id") : undefined;
  return typeof id === "string" ? id : undefined;
}

import { setTimeout as wait } from "node:timers/promises";

/** What a person does with the demo, many times over and not one after the other. */
export interface DemoCalls {
  get(path: string, times: number): Promise<void>;
  post(path: string, body: unknown, times: number): Promise<void>;
  /** Tasks that can be executed, by their ids. */
  makeTasks(count: number): Promise<readonly string[]>;
  /** The same for a version that fails at it. */
  tryTasks(times: number): Promise<void>;
  /** Real time for what goes on by itself: queues, agents, the evaluator's minutes. */
  settle(ms: number): Promise<void>;
}

const AT_ONCE = 6;

export function demoCalls(url: string): DemoCalls {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    return response.json().catch(() => undefined);
  };
  const newTasks = async (count: number): Promise<unknown[]> => {
    const project = idOf(await send("POST", "/api/projects", { name: "Runbooks" }));
    return side(count, (n) =>
      send("POST", "/api/tasks", { projectId: project, title: `Task ${n}`, instructions: "Do it.", priority: 3 }),
    );
  };
  const post = async (path: string, body: unknown, times: number): Promise<void> => {
    await side(times, () => send("POST", path, body));
  };
  return {
    get: async (path, times) => void (await side(times, () => send("GET", path))),
    post,
    makeTasks: async (count) => (await newTasks(count)).map(idOf),
    tryTasks: async (times) => void (await newTasks(times)),
    settle: (ms) => wait(ms),
  };
}

async function side<T>(times: number, call: (n: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < times) answers.push(await call((next += 1)));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, times) }, one));
  return answers;
}

function idOf(body: unknown): string {
  const id: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "id") : undefined;
  if (typeof id !== "string") throw new Error(`the demo made nothing: ${JSON.stringify(body)}`);
  return id;
}

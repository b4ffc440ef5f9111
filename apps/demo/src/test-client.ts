import { applyD1Migrations, reset, type D1Migration } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { columnOf, fixedColumns, kindColumns, type Kind } from "@monotask/telemetry";
import { expect, vi, type Mock } from "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** From production-build.ts. */
    productionBundle: string;
  }
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the generated types are a namespace
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
    }
  }
}

export type Json = Record<string, unknown>;

/** The one of KV's overloads that is called. */
interface KeyReader {
  get(key: string): Promise<string | null>;
}

/** Stands for AlertManager: `raise` of the last test's batches. */
export const alertManager = { raise: vi.fn(async (_batch: { signals: Json[] }) => ({ accepted: 1, duplicate: false })) };

let testsRun = 0;

/**
 * Empty storage with its tables. The queue, AlertManager and the cooldown keep what they are told and do nothing: their work would go
 * on in the background, into the next test.
 */
export async function startAnew(): Promise<void> {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  alertManager.raise.mockClear();
  // One RPC method of the real stub is all that is called; the type of the rest is of no use here.
  vi.spyOn(env.ALERT_MANAGER, "getByName").mockReturnValue(alertManager as unknown as DurableObjectStub);
  vi.spyOn<KeyReader, "get">(env.ALERT_COOLDOWN, "get").mockResolvedValue(null);
  vi.spyOn(env.ALERT_COOLDOWN, "put").mockResolvedValue();
  // Each test an hour after the last one: the isolate remembers which alerts it raised in the last minute.
  testsRun += 1;
  const laterMs = testsRun * 3_600_000;
  const realNow = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + laterMs);
  for (const queue of [env.AGENT_JOBS, env.AGENT_JOBS_DLQ]) {
    vi.spyOn(queue, "send").mockImplementation(async () => ({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }));
  }
}

/** A request to the production entry. */
export function call(method: string, path: string, body?: unknown): Promise<Response> {
  return exports.default.fetch(`https://demo.test${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The id of what a POST created. */
export async function created(path: string, body: Json): Promise<string> {
  const response = await call("POST", path, body);
  expect(response.status).toBe(201);
  return String((await response.json<Json>())["id"]);
}

export async function createdTask(): Promise<string> {
  const projectId = await created("/api/projects", { name: "Website", repository: "acme/website" });
  return created("/api/tasks", { projectId, title: "Fix the login", instructions: "It is broken." });
}

export async function errorOf(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { error } = await response.json<{ error: { code: string; message: string } }>();
  return { status: response.status, ...error };
}

/** A point by its fields' names. */
export type Point = Readonly<Record<string, string | number | ArrayBuffer | null | undefined>>;

/** The points of a kind that were written while the work ran. */
export async function pointsOf(kind: Kind, work: () => Promise<unknown>): Promise<Point[]> {
  const write = vi.spyOn(env.ANALYTICS, "writeDataPoint");
  await work();
  const points = write.mock.calls.map(([point]) => named(kind, point ?? {}));
  write.mockRestore();
  return points.filter((point) => point["kind"] === kind);
}

function named(kind: Kind, point: AnalyticsEngineDataPoint): Point {
  const fields = [...Object.keys(fixedColumns), ...Object.keys(kindColumns[kind])];
  return Object.fromEntries(
    fields.map((field) => {
      const column = columnOf(kind, field);
      const values: readonly Point[string][] = (column?.type === "blob" ? point.blobs : point.doubles) ?? [];
      return [field, values[(column?.position ?? 0) - 1]];
    }),
  );
}

/** Answers every outbound call. */
export function upstreamsAnswer(answer: () => Response | Promise<Response>): Mock<typeof fetch> {
  return vi.spyOn(globalThis, "fetch").mockImplementation(async () => answer());
}

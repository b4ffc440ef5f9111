import { tailOf, WORKER_NAME } from "../monitoring.ts";
import { seededDraws } from "./draws.ts";

/**
 * What the platform tells a tail worker of an invocation, made up: the local runtime tells of no exception, no kill and no CPU time. Only
 * the local entry makes them, and `entrypoint` says so in every point that comes of one.
 */
interface SyntheticInvocation {
  readonly url: string;
  readonly method: string;
  readonly cfRay: string | null;
  /** Absent where the invocation gave no answer. */
  readonly statusCode?: number;
  readonly outcome: "ok" | "exception" | "exceededCpu" | "exceededMemory";
  readonly error?: unknown;
  readonly wallMs: number;
  readonly cpuMs: number;
}

const SYNTHETIC = "synthetic";

/** The CPU limit of a request on Workers Paid, and what one that is killed for it has used. Source: Cloudflare docs, Workers limits. */
const KILLED_AFTER_CPU_MS = 30_000;
/** What a small API spends on a request, and the share of its waiting that is work: no measurement, a figure to fill a panel with. */
const LEAST_CPU_MS = 2;
const CPU_SHARE_OF_WALL = 0.05;

const tail = tailOf("local-tail", seededDraws(18));

/** Feeds synthetic invocations of this worker to the real tail handler. */
export function tellTail(env: Env, invocations: readonly SyntheticInvocation[]): void {
  if (invocations.length > 0)
    tail(
      invocations.map((one) => traceItemOf(env, one)),
      env,
    );
}

/** Answers a request, and tells the tail handler how that went. */
export async function toldToTail(request: Request, env: Env, answer: () => Response | Promise<Response>): Promise<Response> {
  const startedMs = performance.now();
  const tell = (end: Pick<SyntheticInvocation, "outcome" | "statusCode" | "error">): void => {
    const wallMs = performance.now() - startedMs;
    const { url, method, headers } = request;
    tellTail(env, [{ url, method, cfRay: headers.get("cf-ray"), wallMs, cpuMs: cpuOf(wallMs), ...end }]);
  };
  try {
    const response = await answer();
    tell({ outcome: "ok", statusCode: response.status });
    return response;
  } catch (error) {
    tell({ outcome: "exception", error });
    throw error;
  }
}

/** CPU time that goes with a wall time. */
function cpuOf(wallMs: number): number {
  return LEAST_CPU_MS + Math.round(wallMs * CPU_SHARE_OF_WALL);
}

/** So many requests that the platform killed: they gave no answer and wrote no point of their own. */
export function killed(outcome: "exceededCpu" | "exceededMemory", count: number): SyntheticInvocation[] {
  const cpuMs = outcome === "exceededCpu" ? KILLED_AFTER_CPU_MS : LEAST_CPU_MS;
  const one = { url: "https://demo.test/api/tasks/1/execute", method: "POST", cfRay: null, outcome, wallMs: cpuMs, cpuMs };
  return Array.from({ length: count }, () => one);
}

function traceItemOf(env: Env, one: SyntheticInvocation): object {
  const headers = one.cfRay === null ? {} : { "cf-ray": one.cfRay };
  return {
    scriptName: WORKER_NAME,
    scriptVersion: { id: env.CF_VERSION_METADATA.id },
    entrypoint: SYNTHETIC,
    event: {
      request: { url: one.url, method: one.method, headers },
      ...(one.statusCode === undefined ? {} : { response: { status: one.statusCode } }),
    },
    outcome: one.outcome,
    exceptions: one.error instanceof Error ? [one.error] : [],
    logs: [],
    wallTime: one.wallMs,
    cpuTime: one.cpuMs,
  };
}

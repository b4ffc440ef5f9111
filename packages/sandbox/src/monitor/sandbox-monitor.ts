import { createLogger, createWriter, datasetOf, propertyOf, readSettings, type PointFields } from "@monotask/telemetry";
import { limitsOf, type PoolLimits } from "../model/pool.ts";
import { callRegistry, sandboxRegistryOf } from "../registry/client.ts";
import type { AskAnswer } from "../registry/api.ts";
import type { Report } from "../registry/event.ts";
import type { ReconcilePlan } from "../registry/reconcile.ts";
import type { Refusal } from "../registry/state.ts";
import type { SandboxDriver } from "./driver.ts";
import { inTime, TimeLimitError } from "./in-time.ts";
import { createLease, type ExecOutcome, type SandboxLease } from "./lease.ts";

export interface SandboxMonitorOptions<S> extends Partial<PoolLimits> {
  /** Name of the worker in metrics and alerts. */
  readonly workerName: string;
  /** Name of the pool: sandboxes that share a capacity. */
  readonly pool: string;
  /** How sandboxes are started and ended: `{provision, destroy, list?}`. Without `list` orphans and ghosts are not seen. */
  readonly driver: SandboxDriver<S>;
  /** `ctx.waitUntil`, so that orders of the registry are carried out beside the answer. Without it they are awaited. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
  /** Real milliseconds, for durations. @default `Date.now` */
  readonly nowMs?: () => number;
  /** Ids of sandboxes. @default random */
  readonly newId?: () => string;
}

export interface SandboxJob {
  /** Task or job that uses the sandbox. */
  readonly owner: string;
  /** How long to wait for a place. Default 10,000; 0 to be refused at once. */
  readonly waitMs?: number;
  /** Sandboxes that are tried one after the other while they do not start or do not end in time. Default 1. */
  readonly attempts?: number;
}

/** Why there is no sandbox. */
export type Unavailable =
  | {
      readonly kind: "refused";
      readonly code: Refusal["code"] | "registry-unreachable";
      readonly message: string;
      readonly retryAfterMs: number;
    }
  | { readonly kind: "provision-failed"; readonly reason: "timeout" | "failed"; readonly error: Error };

export type Acquired<S> = { readonly kind: "acquired"; readonly lease: SandboxLease<S> } | Unavailable;

/** Sandboxes of one pool, watched. */
export interface SandboxMonitor<S> {
  /** Waits for a place, starts a sandbox in it, and hands it over. Never rejects. */
  acquire(job: SandboxJob): Promise<Acquired<S>>;
  /** Acquires, works, and destroys whatever happens. Never rejects. */
  run<R>(
    job: SandboxJob,
    work: (sandbox: S, signal: AbortSignal, beat: () => void) => Promise<R>,
  ): Promise<ExecOutcome<R> | Unavailable>;
  /** Compares what the platform runs with what the registry believes, repairs it, and carries out what the registry ordered. */
  reconcile(options?: { readonly dryRun?: boolean }): Promise<ReconcilePlan>;
}

type Place = Omit<Extract<AskAnswer, { kind: "granted" }>, "waitMs"> | Extract<Unavailable, { kind: "refused" }>;

const DEFAULT_WAIT_MS = 10_000;
/** Between two rounds of asking a registry that cannot be reached; doubled each time. */
const [PAUSE_MS, LONGEST_PAUSE_MS] = [25, 1_000];

/**
 * Watches the sandboxes of one pool: a place in the pool before one is started, time limits, points of its life. The exact count and
 * the limits that outlive this invocation are kept by the Durable Object bound as `SANDBOX_REGISTRY`; without it there is no capacity
 * limit, and a sandbox whose caller dies is found by nobody.
 * @throws RangeError for a limit that is no positive number
 */
export function createSandboxMonitor<S>(env: object, options: SandboxMonitorOptions<S>): SandboxMonitor<S> {
  const { workerName, pool, driver, keepAlive } = options;
  const limits = limitsOf(givenLimits(options));
  const nowMs = options.nowMs ?? (() => Date.now());
  const newId = options.newId ?? (() => `sbx-${crypto.randomUUID()}`);
  const { version, environment, team, logLevel, clock } = readSettings(env);
  const logger = createLogger({ workerName, level: logLevel, clock });
  const writer = createWriter({
    dataset: datasetOf(propertyOf(env, "ANALYTICS")),
    identity: { workerName, version, environment, team },
    ...(keepAlive ? { keepAlive } : {}),
  });
  const hasRegistry = sandboxRegistryOf(env) !== undefined;
  if (!hasRegistry) announceOnce(pool, () => logger.warn(NO_REGISTRY));

  async function report(said: Report): ReturnType<Parameters<typeof createLease<S>>[0]["report"]> {
    if (!hasRegistry) return undefined;
    try {
      const answer = await callRegistry(env, (registry) => registry.report(said));
      carryOut(answer.orders);
      return answer;
    } catch (error) {
      logger.warn("the sandbox registry could not be told; its time limits will see to it", { ...said, why: String(error) });
      return undefined;
    }
  }

  /** Destroys what the registry ordered, beside everything else. */
  function carryOut(orders: readonly string[]): void {
    if (orders.length > 0) void background(destroyAll(orders));
  }

  async function destroyAll(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        try {
          await inTime(`destroying sandbox ${id}`, limits.destroyTimeoutMs, () => driver.destroy(id));
          await report({ kind: "destroyed", id, exitReason: "destroyed" });
        } catch (error) {
          await report({ kind: "destroy-failed", id, message: error instanceof Error ? error.message : "unknown failure" });
        }
      }),
    );
  }

  async function background(work: Promise<void>): Promise<void> {
    const safe = work.catch(() => undefined);
    if (keepAlive) keepAlive(safe);
    else await safe;
  }

  /**
   * Waits in the line; asks again with the same id when the registry answers "waiting", and, as long as the job may wait, when it
   * cannot be reached: its object may be restarted at any moment, and keeps the line.
   */
  async function place(id: string, { owner, waitMs = DEFAULT_WAIT_MS }: SandboxJob): Promise<Place> {
    if (!hasRegistry) return { kind: "granted", orders: [], active: 0, waiting: 0 };
    const askedMs = Date.now();
    for (let failures = 0; ;) {
      try {
        const answer = await callRegistry(env, (registry) => registry.ask({ id, pool, owner, workerName, limits, waitMs }));
        if (answer.kind === "granted") return answer;
        if (answer.kind === "refused") return { kind: "refused", ...answer.refusal };
        failures = 0;
      } catch (error) {
        failures += 1;
        const pauseMs = Math.min(PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
        if (Date.now() - askedMs + pauseMs < waitMs) {
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          continue;
        }
        const why = error instanceof Error ? error.message : "unknown failure";
        const message = `the sandbox registry cannot be reached (${why}), so nobody knows whether pool ${pool} has a place`;
        return { kind: "refused", code: "registry-unreachable", message, retryAfterMs: 5_000 };
      }
    }
  }

  async function acquire(job: SandboxJob, attempt = 1): Promise<Acquired<S>> {
    const id = newId();
    const named: PointFields<"sandbox"> = { pool, owner: job.owner, attempt };
    const askedMs = nowMs();
    const answer = await place(id, job);
    const waitMs = nowMs() - askedMs;
    if (answer.kind === "refused") {
      writer.write("sandbox", { ...named, sandboxId: id, event: "refused", outcome: "refused", waitMs });
      return answer;
    }
    carryOut(answer.orders);
    const crowd = { activeCount: answer.active, waitingCount: answer.waiting, capacity: limits.capacity };
    writer.write("sandbox", { ...named, sandboxId: id, event: "acquired", outcome: "ok", waitMs, ...crowd });
    const acquiredMs = nowMs();
    const provisioned = (outcome: "ok" | "failed" | "timeout"): number => {
      const provisionMs = nowMs() - acquiredMs;
      writer.write("sandbox", { ...named, sandboxId: id, event: "provisioned", outcome, durationMs: provisionMs, provisionMs });
      return provisionMs;
    };
    try {
      const sandbox = await inTime(`starting sandbox ${id}`, limits.provisionTimeoutMs, (signal) => driver.provision(id, signal));
      const provisionMs = provisioned("ok");
      await report({ kind: "provisioned", id });
      return {
        kind: "acquired",
        lease: createLease({ id, sandbox, provisionMs, acquiredMs, driver, limits, writer, named, nowMs, report }),
      };
    } catch (error) {
      const isTimeout = error instanceof TimeLimitError;
      provisioned(isTimeout ? "timeout" : "failed");
      const failure = error instanceof Error ? error : new Error("starting failed");
      // Half of it may be there: it is destroyed like any other, and keeps its place until it is gone.
      await background(destroyAll([id]));
      return { kind: "provision-failed", reason: isTimeout ? "timeout" : "failed", error: failure };
    }
  }

  return {
    acquire: (job) => acquire(job),
    async run(job, work) {
      const { attempts = 1 } = job;
      for (let attempt = 1; ; attempt += 1) {
        // A number of attempts that is none allows one.
        const isLast = !(attempt < attempts);
        const acquired = await acquire(job, attempt);
        if (acquired.kind === "refused") return acquired;
        if (acquired.kind === "provision-failed") {
          if (isLast) return acquired;
          continue;
        }
        const outcome = await acquired.lease.exec(work);
        await acquired.lease.destroy();
        if (isLast || (outcome.kind !== "timeout" && outcome.kind !== "taken-away")) return outcome;
      }
    },
    async reconcile({ dryRun = false } = {}) {
      const asOfMs = Date.now();
      const running = await driver.list?.();
      const plan =
        running === undefined || !hasRegistry
          ? { orphans: [], ghosts: [], started: [] }
          : await callRegistry(env, (registry) => registry.reconcile({ pool, running, asOfMs, limits }, { dryRun }));
      if (!dryRun && hasRegistry) await destroyAll(await callRegistry(env, (registry) => registry.takeOrders(pool)));
      return plan;
    },
  };
}

const NO_REGISTRY =
  "SANDBOX_REGISTRY is not bound: sandboxes have no capacity limit, and one whose caller dies is found by nobody. Bind the Durable Object SandboxRegistry as SANDBOX_REGISTRY";

const announced = new Set<string>();

function announceOnce(key: string, announce: () => void): void {
  if (announced.has(key)) return;
  announced.add(key);
  announce();
}

const LIMIT_NAMES = [
  "capacity",
  "maxWaiting",
  "provisionTimeoutMs",
  "execTimeoutMs",
  "heartbeatTimeoutMs",
  "idleTimeoutMs",
  "maxLifetimeMs",
  "destroyTimeoutMs",
] as const satisfies readonly (keyof PoolLimits)[];

/** The limits among the options that are given. */
function givenLimits(options: Partial<PoolLimits>): Partial<PoolLimits> {
  return Object.fromEntries(LIMIT_NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

import { createLogger, readSettings, type Logger, type Settings } from "@monotask/telemetry";
import { DurableObject } from "cloudflare:workers";
import type { EndedSandbox, Sandbox } from "../model/sandbox.ts";
import type {
  AskAnswer,
  KillRequest,
  PoolReconciliation,
  PoolStatus,
  ReportAnswer,
  SandboxRegistryApi,
} from "../registry/api.ts";
import { limitsIn, nextDueMs, POLL_MS } from "../registry/deadlines.ts";
import type { Ask, RegistryEvent, Report, Sighting } from "../registry/event.ts";
import { planOf, type ReconcilePlan } from "../registry/reconcile.ts";
import { activeCount, waitingCount, type RegistryState } from "../registry/state.ts";
import { step } from "../registry/step.ts";
import { openStore, type RegistryStore } from "./store.ts";
import { tellEffects } from "./tell.ts";

const MAX_LISTED = 1_000;

/**
 * Knows every sandbox of every pool: the shell around the pure registry. Every step is stored before anybody hears of it, and one
 * alarm is set to the next moment at which something falls due. Durations are real, whatever the clock of the stack says.
 *
 * Orders to destroy a sandbox go to whoever of its pool calls next. A subclass that can reach its sandboxes overrides
 * `destroySandbox` and carries them out itself.
 */
export class SandboxRegistry extends DurableObject<object> implements SandboxRegistryApi {
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #store: RegistryStore;
  #state: RegistryState;
  /** Orders that nobody has taken, by sandbox, with its pool. */
  readonly #orders: Map<string, string>;
  /** Callers that wait in this instance for their answer. */
  readonly #waiting: Map<string, (answer: AskAnswer) => void> = new Map();
  #alarmAtMs: number | null | undefined;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    this.#settings = readSettings(env);
    this.#log = createLogger({ workerName: "sandbox-registry", level: "warn", clock: this.#settings.clock });
    this.#store = openStore(ctx.storage);
    this.#state = this.#store.load();
    // An order that was given to an instance that is gone may be lost: destroying twice is harmless.
    const condemned = [...this.#state.sandboxes.values()].filter(({ nextDestroyAtMs }) => nextDestroyAtMs !== null);
    this.#orders = new Map(condemned.map(({ id, pool }) => [id, pool]));
  }

  /** Destroys a sandbox that this registry can reach. Not overridden, orders go to the callers of the pool. */
  protected destroySandbox?(id: string, pool: string): Promise<void>;

  /** Epoch milliseconds, real. Tests override it. */
  protected nowMs(): number {
    return Date.now();
  }

  async ask(ask: Ask): Promise<AskAnswer> {
    if (ask.id === "" || ask.pool === "")
      throw new TypeError("ask() takes {id, pool, owner, workerName, limits, waitMs}: id and pool are not empty");
    const answer = new Promise<AskAnswer>((resolve) => {
      this.#waiting.get(ask.id)?.({ kind: "waiting" });
      this.#waiting.set(ask.id, resolve);
    });
    this.#take({ kind: "ask", ask });
    await this.#arm();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const poll = new Promise<AskAnswer>((resolve) => {
      timer = setTimeout(() => resolve({ kind: "waiting" }), POLL_MS);
    });
    try {
      return await Promise.race([answer, poll]);
    } finally {
      clearTimeout(timer);
    }
  }

  async leave(id: string): Promise<void> {
    this.#take({ kind: "leave", id });
    await this.#arm();
  }

  async report(report: Report): Promise<ReportAnswer> {
    const pool = this.#state.sandboxes.get(report.id)?.pool;
    this.#orders.delete(report.id);
    this.#take({ kind: "report", report });
    await this.#arm();
    const sandbox = this.#state.sandboxes.get(report.id);
    return {
      isAlive: sandbox !== undefined && sandbox.nextDestroyAtMs === null,
      cause: sandbox?.cause ?? null,
      orders: pool === undefined ? [] : this.#ordersOf(pool),
    };
  }

  async takeOrders(pool: string): Promise<readonly string[]> {
    this.#take({ kind: "tick" });
    await this.#arm();
    return this.#ordersOf(pool);
  }

  async list(pool?: string): Promise<readonly Sandbox[]> {
    return [...this.#state.sandboxes.values()].filter((sandbox) => pool === undefined || sandbox.pool === pool);
  }

  async history(limit = 100): Promise<readonly EndedSandbox[]> {
    return this.#store.history(Math.min(limit, MAX_LISTED));
  }

  async status(): Promise<readonly PoolStatus[]> {
    const nowMs = this.nowMs();
    return [...this.#state.pools.keys()].sort().map((pool) => {
      const waiting = [...this.#state.waiters.values()].filter((waiter) => waiter.pool === pool);
      const stuck = [...this.#state.sandboxes.values()].filter((each) => each.pool === pool && each.status === "stuck");
      return {
        pool,
        capacity: limitsIn(this.#state, pool).capacity,
        active: activeCount(this.#state, pool),
        stuck: stuck.length,
        waiting: waiting.length,
        oldestWaitMs: Math.max(0, ...waiting.map(({ askedAtMs }) => nowMs - askedAtMs)),
      };
    });
  }

  async reconcile(sighting: Sighting, options: { readonly dryRun?: boolean } = {}): Promise<ReconcilePlan> {
    const { pool, running, asOfMs } = sighting;
    // Without the limits: when it is compared again, they may be others.
    this.#store.saveSighting({ pool, running, asOfMs });
    this.#take({ kind: "tick" });
    const plan = planOf(this.#state, sighting, this.nowMs());
    if (options.dryRun !== true) this.#take({ kind: "reconcile", sighting });
    await this.#arm();
    return plan;
  }

  async reconcileAgain(
    options: { readonly pool?: string; readonly dryRun?: boolean } = {},
  ): Promise<readonly PoolReconciliation[]> {
    const seen = this.#store.sightings().filter(({ pool }) => options.pool === undefined || pool === options.pool);
    const done: PoolReconciliation[] = [];
    for (const sighting of seen) {
      const { pool, asOfMs } = sighting;
      done.push({ pool, asOfMs, ...(await this.reconcile(sighting, options)) });
    }
    return done;
  }

  async kill({ ids, stuck, pool, force, dryRun }: KillRequest): Promise<{ readonly ids: readonly string[] }> {
    if (ids === undefined && stuck !== true) throw new TypeError("kill() takes {ids} or {stuck: true}: name what is to end");
    const meant = [...this.#state.sandboxes.values()]
      .filter((sandbox) => (ids === undefined || ids.includes(sandbox.id)) && (stuck !== true || sandbox.status === "stuck"))
      .filter((sandbox) => pool === undefined || sandbox.pool === pool)
      .map(({ id }) => id);
    if (dryRun !== true) {
      this.#take({ kind: force === true ? "forget" : "kill", ids: meant });
      await this.#arm();
    }
    return { ids: meant };
  }

  async wake(): Promise<readonly PoolStatus[]> {
    this.#store.prune();
    // An alarm that was lost or given up on is set anew.
    this.#alarmAtMs = undefined;
    this.#take({ kind: "tick" });
    await this.#arm();
    return this.status();
  }

  /** Never throws: an alarm that throws is retried a few times and then never again. */
  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    try {
      this.#take({ kind: "tick" });
    } catch (error) {
      this.#complain("alarm failed", error);
    } finally {
      await this.#arm().catch((error: unknown) => this.#complain("alarm could not be set", error));
    }
  }

  /** One step of the registry: stored first, then done. */
  #take(event: RegistryEvent): void {
    const done = step(this.#state, event, this.nowMs());
    this.#store.save(done);
    this.#state = done.state;
    for (const effect of done.effects) {
      if (effect.kind === "destroy") this.#order(effect.id, effect.pool);
      if (effect.kind === "ended") this.#orders.delete(effect.sandbox.id);
    }
    for (const effect of done.effects) {
      if (effect.kind === "granted") this.#answer(effect.id, this.#grantOf(effect.id, effect.waitMs));
      if (effect.kind === "refused") this.#answer(effect.id, { kind: "refused", refusal: effect.refusal });
    }
    this.ctx.waitUntil(tellEffects(this.env, this.#settings, "sandbox-registry", done.effects).catch(() => undefined));
  }

  #answer(id: string, answer: AskAnswer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #order(id: string, pool: string): void {
    if (this.destroySandbox === undefined) this.#orders.set(id, pool);
    else this.ctx.waitUntil(this.#destroy(id, pool));
  }

  /** Carries an order out within its time limit, and reports what came of it. Never rejects. */
  async #destroy(id: string, pool: string): Promise<void> {
    const { destroyTimeoutMs } = limitsIn(this.#state, pool);
    let timer: ReturnType<typeof setTimeout> | null = null;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`destroying did not end within ${destroyTimeoutMs} ms`)), destroyTimeoutMs);
    });
    try {
      await Promise.race([this.destroySandbox?.(id, pool), tooLate]);
      await this.report({ kind: "destroyed", id, exitReason: "destroyed" });
    } catch (error) {
      const message = error instanceof Error ? error.message : "unknown failure";
      await this.report({ kind: "destroy-failed", id, message }).catch((failure: unknown) =>
        this.#complain("report failed", failure),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  #grantOf(id: string, waitMs: number): AskAnswer {
    const pool = this.#state.sandboxes.get(id)?.pool ?? "";
    const [active, waiting] = [activeCount(this.#state, pool), waitingCount(this.#state, pool)];
    return { kind: "granted", waitMs, orders: this.#ordersOf(pool), active, waiting };
  }

  #ordersOf(pool: string): string[] {
    const ids = [...this.#orders].filter(([, of]) => of === pool).map(([id]) => id);
    for (const id of ids) this.#orders.delete(id);
    return ids;
  }

  async #arm(): Promise<void> {
    const nextMs = nextDueMs(this.#state);
    const atMs = nextMs === null ? null : Math.ceil(nextMs);
    if (atMs === this.#alarmAtMs) return;
    this.#alarmAtMs = atMs;
    try {
      if (atMs === null) await this.ctx.storage.deleteAlarm();
      else await this.ctx.storage.setAlarm(atMs);
    } catch (error) {
      this.#alarmAtMs = undefined;
      throw error;
    }
  }

  #complain(what: string, error: unknown): void {
    this.#log.error(what, { error: error instanceof Error ? error.name : "unknown" });
  }
}

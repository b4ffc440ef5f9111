import { createLogger, type Clock, type Logger } from "@monotask/telemetry";
import { DurableObject } from "cloudflare:workers";
import type { ChannelDeps } from "../channels/channel.ts";
import { workerDeps } from "../channels/deps.ts";
import { sendTo, unavailableChannels } from "../channels/senders.ts";
import type { AlertManagerApi } from "../client/env.ts";
import type { EngineEvent } from "../engine/event.ts";
import { defaultSettings, type EngineSettings } from "../engine/settings.ts";
import type { EngineState, Job } from "../engine/state.ts";
import { nextStepAt, step } from "../engine/step.ts";
import { readEnvironment } from "../environment.ts";
import { viewOf, type AlertView } from "../model/alert.ts";
import type { Backlog, HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { RaiseBatch, RaiseResult } from "../model/signal.ts";
import { openStore, type AlertStore } from "./store.ts";

/** How long an alarm waits for its deliveries before it lets the next one run; slow peers then finish on their own. */
const PATIENCE_MS = 2_000;
const MAX_LISTED = 1_000;

/**
 * Decides who hears of an alert, and tells them: the shell around the pure engine. Every step is stored before anything is
 * delivered; one alarm is set to the next moment at which something falls due.
 */
export class AlertManager extends DurableObject<object> implements AlertManagerApi {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #deps: ChannelDeps;
  readonly #settings: EngineSettings;
  readonly #store: AlertStore;
  #state: EngineState;
  /** Jobs whose delivery has begun in this instance: a lease that ends early must not send them twice. */
  readonly #inFlight: Set<string> = new Set();
  /** Real time the alarm is set to, null for none, undefined while not known. */
  #alarmAtMs: number | null | undefined;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    const environment = readEnvironment(env);
    this.#clock = environment.clock;
    this.#log = createLogger({ workerName: "alert-manager", level: "error", clock: environment.clock });
    this.#deps = workerDeps(environment);
    this.#settings = { ...defaultSettings, unavailable: unavailableChannels(this.#deps) };
    this.#store = openStore(ctx.storage);
    this.#state = this.#store.load();
  }

  async raise(batch: RaiseBatch): Promise<RaiseResult> {
    if (typeof batch.id !== "string" || batch.id === "" || !Array.isArray(batch.signals)) {
      throw new TypeError("raise() takes {id, signals, source}: id is a non-empty string, signals is a list");
    }
    if (this.#state.batches.has(batch.id)) return { accepted: 0, duplicate: true };
    this.#take({ kind: "raise", batch });
    await this.#arm();
    return { accepted: batch.signals.length, duplicate: false };
  }

  async wake(): Promise<void> {
    this.#store.prune();
    // An alarm that was lost or given up on is set anew.
    this.#alarmAtMs = undefined;
    await this.#work();
    await this.#arm();
  }

  /** Never throws: an alarm that throws is retried a few times and then never again. */
  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    try {
      await this.#work();
    } catch (error) {
      this.#complain("alarm failed", error);
    } finally {
      await this.#arm().catch((error: unknown) => this.#complain("alarm could not be set", error));
    }
  }

  async list(): Promise<AlertView[]> {
    return [...this.#state.alerts.values()].map(viewOf);
  }

  async history(limit = 100): Promise<HistoryEntry[]> {
    return this.#store.history(Math.min(limit, MAX_LISTED));
  }

  async acknowledge(id: string, by: string): Promise<{ acknowledged: number }> {
    const before = acknowledgedCount(this.#state);
    this.#take({ kind: "acknowledge", target: id, by });
    await this.#arm();
    return { acknowledged: acknowledgedCount(this.#state) - before };
  }

  async notifications(limit = 100): Promise<NotificationRecord[]> {
    return this.#store.deliveries(Math.min(limit, MAX_LISTED));
  }

  async backlog(): Promise<Backlog> {
    const decidedAtMs = [...this.#state.jobs.values()].map((job) => job.record.decidedAtMs);
    return { pending: decidedAtMs.length, ...(decidedAtMs.length > 0 && { oldestDecidedAtMs: Math.min(...decidedAtMs) }) };
  }

  /** One step of the engine, stored; gives the jobs to deliver. */
  #take(event: EngineEvent): Job[] {
    const done = step(this.#state, event, this.#clock.now(), this.#settings);
    this.#store.save(done);
    this.#state = done.state;
    return done.effects.flatMap((effect) => (effect.kind === "deliver" ? [effect.job] : []));
  }

  /** Does what is due, and waits a little for its deliveries. */
  async #work(): Promise<void> {
    const deliveries = this.#take({ kind: "tick" }).map((job) => this.#deliver(job));
    if (deliveries.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([Promise.all(deliveries), patience]);
    clearTimeout(timer);
  }

  /** Delivers one job and takes its outcome in. Never rejects: a job whose outcome is lost is tried again after its lease. */
  async #deliver(job: Job): Promise<void> {
    if (this.#inFlight.has(job.id)) return;
    this.#inFlight.add(job.id);
    try {
      const notification = this.#store.notification(job.notificationId);
      const outcome =
        notification === undefined
          ? { kind: "permanent" as const, reason: "its text is no longer stored" }
          : await sendTo(job.channel, notification, this.#deps);
      this.#inFlight.delete(job.id);
      this.#take({ kind: "outcome", jobId: job.id, outcome });
      await this.#arm();
    } catch (error) {
      this.#complain(`outcome of ${job.channel} could not be stored`, error);
    } finally {
      this.#inFlight.delete(job.id);
    }
  }

  /** Sets the one alarm to the next moment at which something falls due. */
  async #arm(): Promise<void> {
    const nextMs = nextStepAt(this.#state);
    // Rounded up: an alarm a millisecond early would find nothing due.
    const atMs = nextMs === null ? null : Math.ceil(this.#clock.toReal(nextMs));
    if (atMs === this.#alarmAtMs) return;
    this.#alarmAtMs = atMs;
    if (atMs === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(atMs);
  }

  #complain(what: string, error: unknown): void {
    this.#log.error(what, { error: error instanceof Error ? error.name : "unknown" });
  }
}

function acknowledgedCount(state: EngineState): number {
  let count = 0;
  for (const alert of state.alerts.values()) if (alert.acknowledged !== undefined) count += 1;
  return count;
}

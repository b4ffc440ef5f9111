import { createLogger, propertyOf, type Clock, type Logger } from "@monotask/telemetry";
import { DurableObject } from "cloudflare:workers";
import type { ChannelDeps } from "../channels/channel.ts";
import { clearMark, cooldownKey, isCooldownKv, type CooldownKv } from "../client/cooldown.ts";
import { workerDeps } from "../channels/deps.ts";
import { missingAt } from "../channels/senders.ts";
import type {
  AcknowledgeOptions,
  AlertManagerApi,
  DrillRequest,
  SilenceAnswer,
  SilencePreview,
  TestAnswer,
} from "../client/env.ts";
import type { Effect, EngineEvent } from "../engine/event.ts";
import { explain, type Explanation } from "../engine/explain.ts";
import { defaultSettings, type EngineSettings } from "../engine/settings.ts";
import { matching } from "../engine/silences.ts";
import { waitsSinceMs } from "../engine/queue.ts";
import type { EngineState } from "../engine/state.ts";
import { nextStepAt } from "../engine/step.ts";
import { readEnvironment } from "../environment.ts";
import { viewOf, type AlertView } from "../model/alert.ts";
import { parseMatchers } from "../model/matcher.ts";
import { pageOf, type AlertPage, type AlertQuery } from "../model/page.ts";
import type { Backlog, HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { AlertSignal, RaiseBatch, RaiseResult } from "../model/signal.ts";
import { silenceFrom, type Silence, type SilenceRequest } from "../model/silence.ts";
import { isTarget, type Target } from "../model/target.ts";
import { drillSignal, testSignal } from "../model/test-signal.ts";
import type { Enrichment } from "../notification/enrichment.ts";
import type { Notification } from "../notification/notification.ts";
import { createDeliveries, type Deliveries, type Delivery } from "./deliveries.ts";
import { openLedger, type Ledger } from "./ledger.ts";
import { openStore, type AlertStore } from "./store.ts";

const MAX_LISTED = 1_000;

/**
 * Decides who hears of an alert, and tells them: the shell around the pure engine. Every step is stored before anything is
 * delivered; one alarm is set to the next moment at which something falls due. It answers to RPC alone and has no `fetch`.
 *
 * A host may extend it: `settings()` gives routes and timings, `enrich()` finds out more about an outage.
 */
export class AlertManager extends DurableObject<object> implements AlertManagerApi {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #deps: ChannelDeps;
  readonly #dashboard: Pick<EngineSettings, "dashboardUrl">;
  readonly #cooldown: CooldownKv | undefined;
  readonly #store: AlertStore;
  readonly #ledger: Ledger;
  #settings: EngineSettings;
  readonly #deliveries: Deliveries;
  /** Real time the alarm is set to, null for none, undefined while not known. */
  #alarmAtMs: number | null | undefined;
  /** The state that the alarm was set for. */
  #armedFor: EngineState | undefined;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    const environment = readEnvironment(env);
    this.#clock = environment.clock;
    this.#log = createLogger({ workerName: "alert-manager", level: "error", clock: environment.clock });
    this.#deps = workerDeps(environment);
    this.#dashboard = environment.dashboardUrl === undefined ? {} : { dashboardUrl: environment.dashboardUrl };
    const cooldown = propertyOf(env, "ALERT_COOLDOWN");
    this.#cooldown = isCooldownKv(cooldown) ? cooldown : undefined;
    this.#store = openStore(ctx.storage);
    this.#settings = this.#currentSettings();
    this.#ledger = openLedger({
      store: this.#store,
      now: () => this.#clock.now(),
      settings: () => this.#settings,
      follow: (effects) => this.#endCooldowns(effects),
    });
    this.#deliveries = createDeliveries({
      store: this.#store,
      ledger: this.#ledger,
      channels: this.#deps,
      links: environment.links,
      enrich: (notification) => this.enrich(notification),
      settled: () => this.#arm(),
      complain: (what, error) => this.#complain(what, error),
    });
  }

  /** Routes and timings that differ from the shipped ones; asked at the start and after `reconfigure()`. */
  protected settings(): Partial<EngineSettings> {
    return {};
  }

  /** What more is known about an outage; it is given 2 s and may fail. */
  protected async enrich(_notification: Notification): Promise<Enrichment | undefined> {
    return undefined;
  }

  /** Takes changed settings over: everything open is looked at again. */
  protected async reconfigure(): Promise<void> {
    this.#settings = this.#currentSettings();
    this.#take({ kind: "reconsider" });
    await this.#arm();
  }

  async raise(batch: RaiseBatch): Promise<RaiseResult> {
    if (typeof batch.id !== "string" || batch.id === "" || !Array.isArray(batch.signals)) {
      throw new TypeError("raise() takes {id, signals, source}: id is a non-empty string, signals is a list");
    }
    const isNew = await this.#ledger.takeTogether({ kind: "raise", batch });
    await this.#arm();
    return { accepted: isNew ? batch.signals.length : 0, duplicate: !isNew };
  }

  async wake(): Promise<void> {
    this.#store.prune();
    // An alarm that was lost or given up on is set anew.
    this.#alarmAtMs = undefined;
    this.#armedFor = undefined;
    await this.#work();
    await this.#arm();
  }

  /** Never throws: an alarm that throws is retried a few times and then never again. */
  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    this.#armedFor = undefined;
    try {
      await this.#work();
    } catch (error) {
      this.#complain("alarm failed", error);
    } finally {
      await this.#arm().catch((error: unknown) => this.#complain("alarm could not be set", error));
    }
  }

  async page(query: AlertQuery = {}): Promise<AlertPage> {
    const { alerts, groups } = this.#ledger.state();
    if (query.groupKey === undefined) return pageOf([...alerts.values()], query);
    const ids = groups.get(query.groupKey)?.alertIds ?? [];
    return pageOf(
      ids.flatMap((id) => alerts.get(id) ?? []),
      query,
    );
  }

  async list(): Promise<AlertView[]> {
    return [...this.#ledger.state().alerts.values()].map(viewOf);
  }

  async history(limit = 100, groupKey?: string): Promise<HistoryEntry[]> {
    const count = Math.min(limit, MAX_LISTED);
    return groupKey === undefined ? this.#store.history(count) : this.#store.historyOf(groupKey, count);
  }

  async acknowledge(id: string, by: string, options: AcknowledgeOptions = {}): Promise<{ acknowledged: number }> {
    const before = acknowledgedCount(this.#ledger.state());
    this.#take({ kind: "acknowledge", target: id, by, ...options });
    await this.#arm();
    return { acknowledged: acknowledgedCount(this.#ledger.state()) - before };
  }

  async unacknowledge(id: string, by: string, { id: wordId, atMs }: AcknowledgeOptions = {}): Promise<void> {
    const word = { ...(wordId !== undefined && { id: wordId }), ...(atMs !== undefined && { atMs }) };
    this.#take({ kind: "unacknowledge", target: id, by, ...word });
    await this.#arm();
  }

  async silence(request: SilenceRequest): Promise<SilenceAnswer> {
    const silence = silenceFrom(crypto.randomUUID().slice(0, 8), request, this.#clock.now());
    if ("code" in silence) return { kind: "refused", error: silence };
    const hides = matching(this.#ledger.state().alerts.values(), silence).map(viewOf);
    this.#take({ kind: "silence", silence });
    await this.#arm();
    return { kind: "silenced", silence, hides };
  }

  async unsilence(id: string, by: string): Promise<boolean> {
    if (!this.#ledger.state().silences.has(id)) return false;
    this.#take({ kind: "unsilence", id, by });
    await this.#arm();
    return true;
  }

  async silences(): Promise<Silence[]> {
    return [...this.#ledger.state().silences.values()];
  }

  async preview(texts: string[]): Promise<SilencePreview> {
    const matchers = parseMatchers(texts);
    if (!Array.isArray(matchers)) return { kind: "refused", error: matchers };
    return { kind: "preview", hides: matching(this.#ledger.state().alerts.values(), { matchers }).map(viewOf) };
  }

  async close(worker: string, by: string): Promise<{ closed: number }> {
    const closed = [...this.#ledger.state().alerts.values()].filter(
      ({ status, signal }) => status !== "resolved" && signal.labels.worker === worker,
    ).length;
    this.#take({ kind: "close", worker, by });
    await this.#arm();
    return { closed };
  }

  async explain(id: string): Promise<Explanation | undefined> {
    const groupKey = this.#ledger.state().alerts.get(id)?.groupKey ?? this.#store.groupOf(id);
    if (groupKey === undefined) return undefined;
    return explain(this.#ledger.state(), id, this.#store.historyOf(groupKey, MAX_LISTED), this.#settings);
  }

  async sendTest(targets: Target[], by: string): Promise<TestAnswer> {
    return this.#rehearse(targets, (id, known) => testSignal(id, known, by, this.#clock.now()));
  }

  async drill(request: DrillRequest): Promise<TestAnswer> {
    return this.#rehearse(request.targets, (id, targets) => drillSignal(id, { ...request, targets }, this.#clock.now()));
  }

  async notifications(limit = 100): Promise<NotificationRecord[]> {
    return this.#store.deliveries(Math.min(limit, MAX_LISTED));
  }

  async backlog(): Promise<Backlog> {
    const decidedAtMs = [...this.#ledger.state().jobs.values()].map(waitsSinceMs);
    return { pending: decidedAtMs.length, ...(decidedAtMs.length > 0 && { oldestDecidedAtMs: Math.min(...decidedAtMs) }) };
  }

  /** Raises a test or drill, and says which of its targets cannot be used. */
  async #rehearse(
    targets: Target[],
    make: (id: string, targets: Target[]) => { signal: AlertSignal; alertId: string },
  ): Promise<TestAnswer> {
    const known = targets.filter((target) => typeof target === "string" && isTarget(target));
    const { signal, alertId } = make(crypto.randomUUID().slice(0, 8), known);
    this.#take({ kind: "raise", batch: { id: `rehearsal:${alertId}`, source: "evaluator", signals: [signal] } });
    await this.#arm();
    const missing = known.flatMap((target) => {
      const reason = this.#settings.unavailable(target);
      return reason === undefined ? [] : [{ target, reason }];
    });
    return { alertId, sentTo: known.filter((target) => !missing.some((one) => one.target === target)), missing };
  }

  #currentSettings(): EngineSettings {
    return {
      ...defaultSettings,
      ...this.#dashboard,
      unavailable: (target) => missingAt(target, this.#deps),
      ...this.settings(),
    };
  }

  /** One step of the engine, stored; gives what is to be delivered. */
  #take(event: EngineEvent): Delivery[] {
    const effects = this.#ledger.take(event);
    this.#endCooldowns(effects);
    return effects.filter((effect) => effect.kind === "deliver");
  }

  #endCooldowns(effects: readonly Effect[]): void {
    if (this.#cooldown === undefined) return;
    for (const effect of effects) {
      if (effect.kind === "end-cooldown") {
        this.ctx.waitUntil(clearMark(this.#cooldown, cooldownKey(effect.rule, effect.worker)));
      }
    }
  }

  /** Does what is due, and waits a little for its deliveries. */
  async #work(): Promise<void> {
    await this.#deliveries.begin(this.#take({ kind: "tick" }));
  }

  /** Sets the one alarm to the next moment at which something falls due. */
  async #arm(): Promise<void> {
    // Steps that were taken together ask once each.
    if (this.#armedFor === this.#ledger.state()) return;
    this.#armedFor = this.#ledger.state();
    const nextMs = nextStepAt(this.#ledger.state(), this.#settings);
    // Rounded up: an alarm a millisecond early would find nothing due.
    const atMs = nextMs === null ? null : Math.ceil(this.#clock.toReal(nextMs));
    if (atMs === this.#alarmAtMs) return;
    this.#alarmAtMs = atMs;
    try {
      if (atMs === null) await this.ctx.storage.deleteAlarm();
      else await this.ctx.storage.setAlarm(atMs);
    } catch (error) {
      this.#armedFor = undefined;
      this.#alarmAtMs = undefined;
      throw error;
    }
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

import { ambientKeepAlive, inTime, propertyOf, readSettings, type Clock } from "@monotask/telemetry";
import type { AlertSignal, SignalError } from "../model/signal.ts";
import type { Target } from "../model/target.ts";
import type { Routing } from "../routing/routing.ts";
import {
  clearMark,
  cooldownKey,
  COOLDOWN_S,
  holdsBack,
  isCooldownKv,
  readMark,
  remember,
  withError,
  writeMark,
  type CooldownKv,
  type CooldownMemory,
  type Mark,
  type RememberedMark,
} from "./cooldown.ts";
import { addErrors, errorsOf, type WaitingErrors } from "./errors.ts";
import { directMessage } from "./direct.ts";
import { ANSWER_MS, managerStubOf, type AlertManagerApi } from "./env.ts";

/** What became of a raise; its delivery is not awaited. */
export type Handover =
  /** AlertManager has it. */
  | { kind: "handed-over" }
  /** Told not long ago: counted, the count goes along with the next raise. */
  | { kind: "counted"; waiting: number }
  /** No AlertManager is bound, or it could not be reached: these channels are called directly, once. */
  | { kind: "direct"; channels: Target[] }
  /** Nobody could be told. */
  | { kind: "failed"; reason: string };

/** Raises alerts from a worker. */
export interface AlertClient {
  /** Hands one signal over. Never throws; the promise never rejects. */
  raise(signal: AlertSignal): Promise<Handover>;
}

/** Where it is remembered that an alert was told. */
export type DedupStore = "memory" | "kv" | "durable-object";

/** Options of an alert client. */
export interface AlertClientOptions {
  /** Name of the worker that raises. */
  workerName: string;
  /** `ctx.waitUntil`: keeps direct deliveries alive after the response; else they are awaited. @default the running invocation's */
  keepAlive?: ((work: Promise<unknown>) => void) | undefined;
  /**
   * What keeps concurrent first errors from being told twice. `durable-object`: AlertManager tells exactly once. `kv`: at least
   * once, for KV is no lock. `memory`: once for each isolate.
   * @default the strongest that is bound
   */
  dedup?: DedupStore;
  /** Who hears where an alert goes straight to the channels. @default the specification's routes by severity */
  routing?: Routing;
  /** What has been raised lately. @default one memory for the whole isolate */
  memory?: CooldownMemory;
}

/** With an AlertManager one raise a minute passes, so that it sees growth; without one the cooldown itself decides. */
const PASS_INTERVAL_MS = 60_000;
const COOLDOWN_MS = COOLDOWN_S * 1000;
/** After a failure the next error may try again this soon: an error storm must not become a storm of attempts. */
const RETRY_AFTER_FAILURE_MS = 5_000;
const HANDOVER_ATTEMPTS = 3;
const UNREACHABLE = "AlertManager could not be reached";
/** Said in what goes out past AlertManager. */
export const DEGRADED_NOTE: string = `DEGRADED: ${UNREACHABLE} three times: sent directly, may be told again`;

const isolateMemory: CooldownMemory = new Map();
/** An environment is read once: during an error storm a raise costs one look-up. */
const worlds = new WeakMap<object, Map<DedupStore, World>>();

/** What a client works with. */
interface World {
  clock: Clock;
  hasManager: boolean;
  /** A fresh stub: one that has thrown stays broken, and one of another request may not be used. */
  manager: () => AlertManagerApi | undefined;
  kv: CooldownKv | undefined;
}

/** Puts a signal into a message that goes straight to the channels. */
type TellDirectly = typeof directMessage;

/** What makes an alert client: with the channels' code, or without it. */
export type CreateAlertClient = (env: object, options: AlertClientOptions) => AlertClient;

/**
 * An alert client for one worker: isolate memory, then KV (`ALERT_COOLDOWN`), then AlertManager (`ALERT_MANAGER`).
 *
 * Where no AlertManager is bound the channels are called directly. KV is then the only guard between isolates, and KV is
 * no lock: concurrent first errors in several places may each be told, and a failed delivery is not tried again.
 *
 * @param env the worker's bindings and vars; any type will do
 */
export function createAlertClient(env: object, options: AlertClientOptions): AlertClient {
  return clientOf(env, options, directMessage);
}

/**
 * The same without the channels' own code, for workers that count their bytes: only AlertManager is told. Where none is bound, or
 * it cannot be reached, an alert is `failed`.
 */
export function createManagerClient(env: object, options: AlertClientOptions): AlertClient {
  return clientOf(env, options, undefined);
}

function clientOf(env: object, options: AlertClientOptions, tellDirectly: TellDirectly | undefined): AlertClient {
  const { workerName, memory = isolateMemory, dedup = "durable-object" } = options;
  const keepAlive = options.keepAlive ?? ambientKeepAlive();

  async function raise(signal: AlertSignal): Promise<Handover> {
    const world = worldOf(env, dedup);
    const nowMs = world.clock.now();
    const key = cooldownKey(signal.name, workerName);
    if (signal.status === "resolved") return end(world, signal, key, nowMs);

    const severity = signal.labels.severity;
    const windowMs = world.hasManager ? PASS_INTERVAL_MS : COOLDOWN_MS;
    const mine = memory.get(key);
    const fingerprint = signal.sample?.fingerprint;
    const news = { severity, fingerprint };
    const count = (mine?.waiting ?? 0) + (signal.count ?? 1);
    const errors = addErrors(mine?.waitingErrors ?? new Map<string, SignalError>(), errorsOf(signal));
    if (mine && holdsBack(mine, news, nowMs, windowMs)) {
      mine.waiting = count;
      mine.waitingErrors = errors;
      return { kind: "counted", waiting: count };
    }
    // Marked before the first await: what comes meanwhile in this isolate is counted.
    const mark: RememberedMark = { atMs: nowMs, severity, waiting: 0, errors: withError(mine?.errors, fingerprint, nowMs) };
    remember(memory, key, mark);
    const elsewhere = await othersMark(world, key, signal);
    if (elsewhere && holdsBack(elsewhere, news, nowMs, windowMs)) {
      const waiting = count + mark.waiting;
      remember(memory, key, { ...elsewhere, waiting, waitingErrors: addErrors(errors, mark.waitingErrors?.values()) });
      return { kind: "counted", waiting };
    }
    const told = errors.size > 0 ? { ...signal, count, errors: [...errors.values()] } : { ...signal, count };
    const directAtMs = Math.max(mine?.directAtMs ?? 0, elsewhere?.directAtMs ?? 0);
    const handover = await handOver(world, told, nowMs, directAtMs);
    // While AlertManager stays away the cooldown is the direct message's.
    mark.directAtMs = handover.kind === "direct" && handover.channels.length > 0 ? nowMs : directAtMs;
    if (handover.kind === "failed") retrySoon(key, nowMs - windowMs + RETRY_AFTER_FAILURE_MS, count, errors);
    else if (world.kv) {
      const known = withError({ ...elsewhere?.errors, ...mark.errors }, fingerprint, nowMs);
      await inBackground(writeMark(world.kv, key, { ...mark, errors: known }));
    }
    return handover;
  }

  async function end(world: World, signal: AlertSignal, key: string, nowMs: number): Promise<Handover> {
    const wasTold = memory.delete(key) || (world.kv !== undefined && typeof (await readMark(world.kv, key)) === "object");
    if (world.kv) await inBackground(clearMark(world.kv, key));
    // Without an AlertManager nobody else knows whether the beginning was told; an end without one is no news.
    return world.hasManager || wasTold ? handOver(world, signal, nowMs) : { kind: "direct", channels: [] };
  }

  async function handOver(world: World, signal: AlertSignal, nowMs: number, directAtMs = 0): Promise<Handover> {
    const id = crypto.randomUUID();
    if (!world.hasManager) return sendDirectly(world, signal, id, nowMs);
    if (await reachManager(world, signal, id)) return { kind: "handed-over" };
    if (signal.labels.severity !== "critical" || nowMs - directAtMs < COOLDOWN_MS) return { kind: "failed", reason: UNREACHABLE };
    return sendDirectly(world, signal, id, nowMs, DEGRADED_NOTE);
  }

  async function sendDirectly(world: World, signal: AlertSignal, id: string, nowMs: number, note?: string): Promise<Handover> {
    if (!tellDirectly) return { kind: "failed", reason: world.hasManager ? UNREACHABLE : "no ALERT_MANAGER is bound" };
    const message = tellDirectly(env, signal, id, nowMs, note, options.routing);
    await inBackground(message.send());
    return { kind: "direct", channels: message.channels };
  }

  /** Left to `keepAlive` where there is one, else awaited. The work never rejects. */
  async function inBackground(work: Promise<unknown>): Promise<void> {
    if (keepAlive) keepAlive(work);
    else await work;
  }

  function retrySoon(key: string, atMs: number, count: number, errors: WaitingErrors): void {
    const mark = memory.get(key);
    if (!mark) return;
    mark.atMs = atMs;
    mark.waiting += count;
    mark.waitingErrors = addErrors(errors, mark.waitingErrors?.values());
  }

  return {
    async raise(signal) {
      try {
        return await raise(signal);
      } catch (error) {
        return { kind: "failed", reason: `the signal could not be raised (${String(propertyOf(error, "name"))})` };
      }
    },
  };
}

/**
 * The mark of other isolates. Where KV cannot say, a critical alert goes out and an info does not; a warning goes to
 * AlertManager, which tells it once in any case, but not straight to the channels.
 */
async function othersMark(world: World, key: string, signal: AlertSignal): Promise<Mark | undefined> {
  if (world.kv === undefined) return undefined;
  const mark = await readMark(world.kv, key);
  if (mark === "none") return undefined;
  if (mark !== "unknown") return mark;
  const { severity } = signal.labels;
  const goesOut = severity === "critical" || (severity === "warning" && world.hasManager);
  return goesOut ? undefined : { atMs: world.clock.now(), severity };
}

async function reachManager(world: World, signal: AlertSignal, id: string): Promise<boolean> {
  for (let attempt = 0; attempt < HANDOVER_ATTEMPTS; attempt += 1) {
    try {
      // The same id each time: an attempt whose answer was lost counts once.
      const manager = world.manager();
      if (manager) await inTime("AlertManager", ANSWER_MS, manager.raise({ id, signals: [signal], source: "worker" }));
      return true;
    } catch (error) {
      // More load is the last thing an overloaded object needs.
      if (propertyOf(error, "overloaded") === true) return false;
    }
  }
  return false;
}

function worldOf(env: object, dedup: DedupStore): World {
  const known = worlds.get(env)?.get(dedup);
  if (known) return known;
  const kv = propertyOf(env, "ALERT_COOLDOWN");
  const usesManager = dedup === "durable-object" && managerStubOf(env) !== undefined;
  const world = {
    clock: readSettings(env).clock,
    hasManager: usesManager,
    manager: () => (usesManager ? managerStubOf(env) : undefined),
    kv: dedup !== "memory" && isCooldownKv(kv) ? kv : undefined,
  };
  const ofEnv = worlds.get(env) ?? new Map<DedupStore, World>();
  worlds.set(env, ofEnv.set(dedup, world));
  return world;
}

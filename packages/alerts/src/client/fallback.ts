import { inTime, propertyOf, readSettings } from "@monotask/telemetry";
import type { AlertSignal, RaiseBatch, RaiseResult } from "../model/signal.ts";
import { cooldownKey, isCooldownKv, readMark, writeMark, type CooldownKv } from "./cooldown.ts";
import { DEGRADED_NOTE } from "./alert-client.ts";
import { directMessage } from "./direct.ts";
import type { Routing } from "../routing/routing.ts";
import { ANSWER_MS, type AlertManagerApi } from "./env.ts";

/** Attempts before AlertManager counts as out of reach. */
const ATTEMPTS = 3;
const DIRECT_INTERVAL_MS = 3_600_000;

/** Alerts told directly by this isolate, with the time; KV holds them for the others. */
const toldDirectly = new Map<string, number>();

/** Options of the fallback. */
export interface FallbackOptions {
  /** Who hears; asked when it is needed. By default everybody, as the specification says for critical alerts. */
  routing?: () => Routing;
}

/**
 * The same AlertManager, whose `raise` fails loudly: it is tried three times under one batch id, then critical alerts go straight to
 * their channels, marked degraded and at most once an hour each. It rejects all the same: what was not handed over is to be
 * handed over later, and AlertManager then tells it properly.
 *
 * @param manager a fresh stub for each attempt: one that has thrown stays broken
 */
export function withDirectFallback(
  manager: () => AlertManagerApi,
  env: object,
  { routing }: FallbackOptions = {},
): Pick<AlertManagerApi, "raise"> {
  return {
    async raise(batch): Promise<RaiseResult> {
      let failure: unknown;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        try {
          return await inTime("AlertManager", ANSWER_MS, manager().raise(batch));
        } catch (error) {
          failure = error;
        }
      }
      await tellCriticals(batch, env, routing?.());
      throw failure;
    },
  };
}

async function tellCriticals(batch: RaiseBatch, env: object, routing?: Routing): Promise<void> {
  const nowMs = readSettings(env).clock.now();
  const binding = propertyOf(env, "ALERT_COOLDOWN");
  const kv = isCooldownKv(binding) ? binding : undefined;
  await Promise.all(
    criticalsByKey(batch).map(async ([key, [signal, ...others]]) => {
      if (await isToldLately(key, kv, nowMs)) return;
      toldDirectly.set(key, nowMs);
      const more = others.length === 0 ? "" : `; ${others.length} more alerts of this rule`;
      const told = await directMessage(env, signal, batch.id, nowMs, `${DEGRADED_NOTE}${more}`, routing).send();
      if (told.length === 0) toldDirectly.delete(key);
      else if (kv) await writeMark(kv, key, { atMs: nowMs, severity: "critical" });
    }),
  );
}

/** What fires critically, by the cooldown it is told under: many endpoints of one worker are one message. */
function criticalsByKey(batch: RaiseBatch): [key: string, signals: [AlertSignal, ...AlertSignal[]]][] {
  const byKey = new Map<string, [AlertSignal, ...AlertSignal[]]>();
  for (const signal of batch.signals) {
    if (signal.status !== "firing" || signal.labels.severity !== "critical") continue;
    const key = cooldownKey(`direct:${signal.name}`, signal.labels.worker);
    const known = byKey.get(key);
    if (known) known.push(signal);
    else byKey.set(key, [signal]);
  }
  return [...byKey];
}

/** Where KV cannot say, the alert goes out: twice beats never. */
async function isToldLately(key: string, kv: CooldownKv | undefined, nowMs: number): Promise<boolean> {
  const mine = toldDirectly.get(key);
  if (mine !== undefined && nowMs - mine < DIRECT_INTERVAL_MS) return true;
  const mark = kv === undefined ? "none" : await readMark(kv, key);
  return typeof mark === "object" && nowMs - mark.atMs < DIRECT_INTERVAL_MS;
}

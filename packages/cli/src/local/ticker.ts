import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "@monotask/telemetry";

export interface TickerOptions {
  readonly clock: Clock;
  /** Where a tick is posted as `{cron, scheduled_time}`: see {@link scheduledUrl}, or a worker that hands it on. */
  readonly url: string;
  readonly cron: string;
  /** Waits in real time; tests pass their own. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Real ms until a tick that is not answered is given up; 15,000 when left out. */
  readonly patienceMs?: number;
  /** Hears of each tick: when it was meant for (epoch ms of virtual time), and why it failed, undefined where it did not. */
  readonly onTick?: (scheduledMs: number, failure: string | undefined) => void;
}

export interface TickCounts {
  /** Ticks that ended well. */
  readonly ok: number;
  readonly failed: number;
  /** Minutes left out because the worker was too slow to have each. */
  readonly skipped: number;
  /** Start of the newest minute ticked, epoch ms of virtual time. */
  readonly lastMs: number | undefined;
  readonly lastFailure: string | undefined;
}

export interface Ticker {
  counts(): TickCounts;
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Further behind than this the ticker goes on with the newest minute, as a cron does that missed its time. */
const MOST_MINUTES_BEHIND = 10;

/** A wrangler that was killed under a tick, or is not up yet, may hold the request for ever. A tick may run twice, so it is safe to go on. */
const PATIENCE_MS = 15_000;

/**
 * Where wrangler takes ticks of any of its workers. It looks the worker up in its registry of running workers, so the registry must be this
 * wrangler's own: a worker of the same name elsewhere, or one that was killed, would get the tick.
 */
export function scheduledUrl(wranglerUrl: string, workerName: string): string {
  return `${wranglerUrl}/cdn-cgi/local/explorer/api/local/scheduled?worker=${encodeURIComponent(workerName)}`;
}

/** Drives a worker's cron once for each virtual minute, in order, one at a time: wrangler does not do that by itself. */
export function startTicker({ clock, url, cron, sleep = sleepReal, patienceMs = PATIENCE_MS, onTick }: TickerOptions): Ticker {
  const stopping = new AbortController();
  let counts: TickCounts = { ok: 0, failed: 0, skipped: 0, lastMs: undefined, lastFailure: undefined };

  const run = async (): Promise<void> => {
    let minuteMs = Math.ceil(clock.now() / MINUTE_MS) * MINUTE_MS;
    while (!stopping.signal.aborted) {
      await sleep(Math.max(0, clock.toReal(minuteMs) - clock.toReal(clock.now())), stopping.signal);
      const failure = await tick(url, cron, minuteMs, AbortSignal.any([stopping.signal, AbortSignal.timeout(patienceMs)]));
      if (stopping.signal.aborted) return;
      counts =
        failure === undefined
          ? { ...counts, ok: counts.ok + 1, lastMs: minuteMs }
          : { ...counts, failed: counts.failed + 1, lastMs: minuteMs, lastFailure: failure };
      onTick?.(minuteMs, failure);
      minuteMs += MINUTE_MS;
      const behind = Math.floor((clock.now() - minuteMs) / MINUTE_MS);
      if (behind > MOST_MINUTES_BEHIND) {
        minuteMs += behind * MINUTE_MS;
        counts = { ...counts, skipped: counts.skipped + behind };
      }
    }
  };
  // Only the abort of `stop` gets here.
  const done = run().catch(() => undefined);

  return {
    counts: () => counts,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

async function sleepReal(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal });
}

/** Why the tick failed; undefined when it ended well. */
async function tick(url: string, cron: string, scheduledMs: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ cron, scheduled_time: scheduledMs }),
      signal,
    });
    const text = await response.text();
    if (!response.ok) return `the tick was answered ${response.status}: ${text.slice(0, 200)}`;
    const outcome = /"outcome":\s*"([^"]+)"/.exec(text)?.[1];
    return outcome === undefined || outcome === "ok" ? undefined : `the tick ended as ${outcome}`;
  } catch (error) {
    return `the tick did not reach the worker: ${String(error)}`;
  }
}

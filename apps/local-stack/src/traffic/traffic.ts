import { setTimeout as wait } from "node:timers/promises";
import { arrivals } from "./arrivals.ts";
import type { DayShape } from "./day-shape.ts";
import { createHttpClient } from "./http-client.ts";
import { createMix, type PlannedRequest } from "./mix.ts";
import { seededRandom } from "@monotask/analytics-engine-local";

export interface TrafficOptions {
  /** Where the demo listens. */
  readonly baseUrl: string;
  /** Requests a second of real time, on the mean of a day. */
  readonly perSecond: number;
  readonly shape: DayShape;
  /** Highest value that the shape takes. */
  readonly peak: number;
  readonly seed: number;
}

export interface TrafficCounts {
  /** Requests that were begun. */
  readonly sent: number;
  readonly underWay: number;
  /** Answers by status. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly unanswered: readonly Unanswered[];
  /** Arrivals that were not sent because too many were under way. */
  readonly heldBack: number;
}

/** A request without a whole answer. */
export interface Unanswered {
  /** Epoch ms at which it was sent, and given up. */
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  readonly request: string;
  readonly why: string;
}

export interface Traffic {
  counts(): TrafficCounts;
  /** Lets nobody in any more; resolves when everything sent has been answered. */
  pause(): Promise<void>;
  /** Lets people in again. */
  resume(): void;
  /** Pauses for good and closes the connections. */
  stop(): Promise<void>;
}

/** As many as a browser farm would have open; beyond it the machine, not the API, would be measured. */
const MOST_UNDER_WAY = 200;

/** Real HTTP requests on the demo, arriving as from people who do not know of each other, until stopped. */
export function startTraffic({ baseUrl, perSecond, shape, peak, seed }: TrafficOptions): Traffic {
  const client = createHttpClient(baseUrl);
  // Two streams, so that when requests come does not change which ones come.
  const times = seededRandom(seed);
  const mix = createMix(seededRandom(seed + 1));
  const underWay = new Set<Promise<void>>();
  const byStatus: Record<string, number> = {};
  const unanswered: Unanswered[] = [];
  let [sent, heldBack] = [0, 0];
  let open = new AbortController();
  let letIn = Promise.resolve();

  const send = async (planned: PlannedRequest): Promise<void> => {
    const sentAtMs = Date.now();
    const outcome = await client.send(planned);
    if (outcome.kind === "failed") {
      const request = `${planned.method} ${planned.path}`;
      unanswered.push({ sentAtMs, endedAtMs: Date.now(), request, why: outcome.why });
      return;
    }
    byStatus[outcome.status] = (byStatus[outcome.status] ?? 0) + 1;
    planned.onAnswer?.(outcome.status, outcome.body);
  };

  const arrive = (): void => {
    if (underWay.size >= MOST_UNDER_WAY) {
      heldBack += 1;
      return;
    }
    sent += 1;
    const request = send(mix.next()).finally(() => underWay.delete(request));
    underWay.add(request);
  };

  const letPeopleIn = async (signal: AbortSignal): Promise<void> => {
    for (const atMs of arrivals({ perSecond, shape, peak, random: times }, Date.now())) {
      const waitMs = atMs - Date.now();
      if (waitMs > 0) await wait(waitMs, undefined, { signal });
      if (signal.aborted) return;
      arrive();
    }
  };

  const resume = (): void => {
    open = new AbortController();
    // Only the abort of `pause` gets here.
    letIn = letPeopleIn(open.signal).catch(() => undefined);
  };
  const pause = async (): Promise<void> => {
    open.abort();
    await letIn;
    await Promise.all(underWay);
  };
  resume();

  return {
    counts: () => ({ sent, underWay: underWay.size, byStatus: { ...byStatus }, unanswered: [...unanswered], heldBack }),
    pause,
    resume,
    async stop() {
      await pause();
      client.close();
    },
  };
}

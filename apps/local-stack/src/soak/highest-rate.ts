import { setTimeout as wait } from "node:timers/promises";
import { FLAT } from "../traffic/day-shape.ts";
import { startTraffic, type TrafficCounts } from "../traffic/traffic.ts";

/** What the machine answers when it is given more than it can take. */
export interface HighestRate {
  /** Answers a second at saturation. */
  readonly perSecond: number;
  /** What was sent to find it out. */
  readonly counts: TrafficCounts;
}

/** Far more than two cores answer: arrivals beyond 200 under way are held back. */
const TOO_MANY_PER_SECOND = 2_000;
const WARM_UP_MS = 3_000;
const MEASURED_MS = 7_000;

/** Saturates the demo for ten seconds and counts its answers. */
export async function measureHighestRate(baseUrl: string, seed: number): Promise<HighestRate> {
  const traffic = startTraffic({ baseUrl, perSecond: TOO_MANY_PER_SECOND, shape: FLAT, peak: 1, seed });
  const answered = (): number => Object.values(traffic.counts().byStatus).reduce((sum, count) => sum + count, 0);
  try {
    await wait(WARM_UP_MS);
    const [before, fromMs] = [answered(), performance.now()];
    await wait(MEASURED_MS);
    const perSecond = ((answered() - before) * 1_000) / (performance.now() - fromMs);
    await traffic.pause();
    return { perSecond, counts: traffic.counts() };
  } finally {
    await traffic.stop();
  }
}

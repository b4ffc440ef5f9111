import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The latest virtual time that runs in this folder have reached. A run that was faster than real time leaves points and decisions ahead
 * of it; the next one goes on from there, since minutes that are decided are never decided again.
 */
export interface ClockMemory {
  /** Epoch ms; undefined when nothing has run here. */
  latestMs(): number | undefined;
  remember(nowMs: number): void;
}

export function openClockMemory(homeDir: string): ClockMemory {
  const file = join(homeDir, "clock.json");
  return {
    latestMs() {
      try {
        const read: unknown = JSON.parse(readFileSync(file, "utf8"));
        return typeof read === "number" && Number.isFinite(read) ? read : undefined;
      } catch {
        return undefined;
      }
    },
    remember(nowMs) {
      mkdirSync(homeDir, { recursive: true });
      writeFileSync(file, String(nowMs));
    },
  };
}

/**
 * When the virtual clock starts.
 * @param askedMs the time of `--now`; it wins
 * @param latestMs where earlier runs ended
 */
export function startOfClock(realMs: number, askedMs: number | undefined, latestMs: number | undefined): number {
  return askedMs ?? Math.max(realMs, latestMs ?? realMs);
}

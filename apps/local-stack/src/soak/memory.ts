import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of all processes of a group, bytes; undefined where none runs. Linux only. */
export function groupMemoryBytes(groupId: number | undefined): number | undefined {
  if (groupId === undefined) return undefined;
  let pages = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      // Fields after the command, which may hold blanks: state, ppid, pgrp, …, rss (proc(5)).
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      if (Number(fields[2]) === groupId) pages += Number(fields[21]);
    } catch {
      // The process ended between the two reads.
    }
  }
  return pages === 0 ? undefined : pages * PAGE_BYTES;
}

const PAGE_BYTES = 4_096;

export interface MemoryTrend {
  readonly startMib: number;
  readonly endMib: number;
  /** end / start. */
  readonly growth: number;
}

/**
 * The median of the second quarter beside that of the last: the first is warming up.
 * @returns undefined where there are too few readings to tell
 */
export function trendOf(readings: readonly number[]): MemoryTrend | undefined {
  const quarter = Math.floor(readings.length / 4);
  if (quarter < 2) return undefined;
  const startMib = median(readings.slice(quarter, 2 * quarter)) / MIB;
  const endMib = median(readings.slice(-quarter)) / MIB;
  return { startMib, endMib, growth: endMib / startMib };
}

const MIB = 1_048_576;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

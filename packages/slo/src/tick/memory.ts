import type { AlertMemory } from "../engine/decide.ts";
import type { WindowSums } from "../engine/window.ts";
import type { VersionCount } from "./versions.ts";

/** What has to be kept of an SLO from tick to tick, so that a tick need not read its history. */
export interface SloMemory {
  readonly name: string;
  /** The minute of its first data ever. */
  readonly firstMinute: number | undefined;
  /** The newest minute that was measured. */
  readonly lastMinute: number | undefined;
  /** Running sums of its windows, by the keys of `windowLengths`. */
  readonly sums: ReadonlyMap<number, WindowSums>;
  readonly alerts: readonly AlertMemory[];
}

/** Everything that one tick hands to the next. */
export interface EngineMemory {
  /** The newest minute that was decided. */
  readonly minute: number;
  readonly slos: readonly SloMemory[];
  /** Failures by deployed version over the last hour. */
  readonly versions: readonly VersionCount[];
}

const FORMAT = 1;

/** The memory as text. Equal memories give equal texts. */
export function packMemory(memory: EngineMemory): string {
  const slos = memory.slos.map((slo) => [
    slo.name,
    slo.firstMinute ?? null,
    slo.lastMinute ?? null,
    [...slo.sums].map(([length, sums]) => [
      length,
      sums.fromMinute,
      sums.good,
      sums.total,
      sums.varGood,
      sums.varTotal,
      sums.measuredMinutes,
    ]),
    slo.alerts.map(({ rule, isFiring, sinceMinute }) => [rule, isFiring ? 1 : 0, sinceMinute]),
  ]);
  return JSON.stringify([FORMAT, memory.minute, slos, memory.versions]);
}

/** Reads `packMemory`'s text; undefined for another format or a damaged text: the memory is then rebuilt from the stored slices. */
export function unpackMemory(text: string): EngineMemory | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed[0] !== FORMAT || !Array.isArray(parsed[2]) || !Array.isArray(parsed[3])) return undefined;
  // The boundary: the text was written by `packMemory` of this format.
  const [, minute, slos, versions] = parsed as Packed;
  return {
    minute,
    versions,
    slos: slos.map(([name, firstMinute, lastMinute, sums, alerts]) => ({
      name,
      firstMinute: firstMinute ?? undefined,
      lastMinute: lastMinute ?? undefined,
      sums: new Map(
        sums.map(([length, fromMinute, good, total, varGood, varTotal, measuredMinutes]) => [
          length,
          { fromMinute, toMinute: minute, good, total, varGood, varTotal, measuredMinutes },
        ]),
      ),
      alerts: alerts.map(([rule, isFiring, sinceMinute]) => ({ rule, isFiring: isFiring === 1, sinceMinute })),
    })),
  };
}

type PackedSums = [number, number, number, number, number, number, number];
type PackedSlo = [string, number | null, number | null, PackedSums[], [AlertMemory["rule"], 0 | 1, number][]];
type Packed = [number, number, PackedSlo[], VersionCount[]];

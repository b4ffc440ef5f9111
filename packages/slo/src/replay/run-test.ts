import { quietHistory, Player } from "../tick/player.ts";
import { tickMeasurement } from "../tick/measurement.ts";
import type { TickMeasurement } from "../tick/measurement.ts";
import { sliceStart, toTimeslices } from "../measure/timeslices.ts";
import type { Slice } from "../model/cell.ts";
import type { Slo, SloAlertId } from "../model/slo.ts";
import { Timings } from "./timings.ts";

/** A stretch of an incident; each minute is measured unless it is missing. */
export type Stretch =
  | { readonly minutes: number; readonly total: number; readonly bad: number }
  | { readonly minutes: number; readonly missing: true };

/** When a rule is to fire and clear first, in minutes from the start of the incident: 9 is the end of the ninth minute. null: never. */
export interface Expectation {
  readonly rule: SloAlertId;
  readonly firesAt: number | null;
  /** Left out: whenever. */
  readonly clearsAt?: number | null;
}

/** A unit test of one SLO's alerts. */
export interface SloTest {
  readonly name: string;
  readonly slo: Slo;
  readonly series: readonly Stretch[];
  readonly expect: readonly Expectation[];
}

export interface ExpectationResult {
  readonly expectation: Expectation;
  readonly firedAt: number | null;
  readonly clearedAt: number | null;
  readonly hasPassed: boolean;
  /** The first minute at which what happened is not what was expected. */
  readonly firstDifference: number | undefined;
}

/** An hour of the epoch, so that cells of all tiers begin at it. */
const START = 29_000_040;
const HISTORY_MINUTES = 31 * 1_440;

/** Plays an incident minute by minute on the engine, after 31 error-free days at the first rate. */
export function runSloTest({ slo, series, expect }: SloTest): ExpectationResult[] {
  const first = series.find((stretch) => "total" in stretch);
  const perMinute = first !== undefined && "total" in first ? first.total : 0;
  const player = new Player([slo]);
  // A time slice is one good minute, whatever its traffic.
  const quiet = slo.method.kind === "timeslices" ? 1 : perMinute;
  player.remember(quietHistory([slo.name], START - HISTORY_MINUTES, START, quiet));
  const timings = new Timings();
  for (const measurement of measurementsOf(slo, series))
    for (const status of player.tick(measurement).statuses()) timings.note(status);
  return expect.map((expectation) => {
    const [firing] = timings.of(expectation.rule);
    const firedAt = firing === undefined ? null : firing.firedMinute - START + 1;
    const clearedAt = firing?.clearedMinute === undefined ? null : firing.clearedMinute - START + 1;
    const firstDifference = differenceOf(expectation, firedAt, clearedAt);
    return { expectation, firedAt, clearedAt, hasPassed: firstDifference === undefined, firstDifference };
  });
}

/** Minute after minute, as the evaluator measures it: a time slice of five minutes is judged as a whole, with what it holds so far. */
function* measurementsOf(slo: Slo, series: readonly Stretch[]): Generator<TickMeasurement> {
  let open: Slice[] = [];
  let minute = START;
  for (const stretch of series) {
    for (let count = 0; count < stretch.minutes; count += 1, minute += 1) {
      const fromMinute = sliceStart(minute, [slo.method]);
      open = open.filter((slice) => slice.minute >= fromMinute);
      if ("total" in stretch) open.push(sliceOf(slo, minute, stretch.total, stretch.bad));
      const slices = slo.method.kind === "timeslices" ? toTimeslices(open, slo.method) : open;
      yield tickMeasurement({ revision: minute, fromMinute, toMinute: minute + 1, slices });
    }
  }
}

function sliceOf({ name }: Slo, minute: number, total: number, bad: number): Slice {
  return { sloName: name, minute, total, good: total - bad, varGood: 0, varTotal: 0 };
}

function differenceOf(expectation: Expectation, firedAt: number | null, clearedAt: number | null): number | undefined {
  const { firesAt, clearsAt } = expectation;
  if (firedAt !== firesAt) return earliest(firedAt, firesAt);
  if (clearsAt !== undefined && clearedAt !== clearsAt) return earliest(clearedAt, clearsAt);
  return undefined;
}

function earliest(a: number | null, b: number | null): number {
  return Math.min(a ?? Number.POSITIVE_INFINITY, b ?? Number.POSITIVE_INFINITY);
}

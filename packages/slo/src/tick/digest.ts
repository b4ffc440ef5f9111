import { burnWindow } from "../engine/burn.ts";
import { formatBurn, formatCount, formatMinuteUtc } from "../engine/text.ts";
import { sumFrom } from "../engine/window.ts";
import type { Slo } from "../model/slo.ts";
import { eventsWord } from "../engine/sentence.ts";
import { slicesOf } from "./measurement.ts";
import type { TickMeasurement } from "./measurement.ts";

/** What was missed while nothing was decided. */
export interface MissedDigest {
  readonly fromMinute: number;
  readonly toMinute: number;
  /** One sentence a line: what was missed, then each SLO that burned its budget meanwhile, worst first. */
  readonly lines: readonly string[];
}

/** Shorter gaps are late ticks, not an outage of the monitoring. */
const LEAST_MINUTES = 3;

/**
 * One digest of the minutes between two decisions, undefined where next to none was missed. No page is sent for a minute that is past: the
 * digest says what pages there might have been.
 */
export function missedDigest(
  slos: readonly Slo[],
  measurement: TickMeasurement,
  decidedMinute: number | undefined,
): MissedDigest | undefined {
  if (decidedMinute === undefined) return undefined;
  const [fromMinute, toMinute] = [decidedMinute + 1, measurement.toMinute - 2];
  const minutes = toMinute - fromMinute + 1;
  if (minutes < LEAST_MINUTES) return undefined;
  const slices = slicesOf(measurement);
  const burned = slos
    .flatMap((slo) => {
      const own = slices.filter((slice) => slice.sloName === slo.name);
      const [sums] = sumFrom(own, toMinute, [fromMinute]);
      return sums === undefined ? [] : [{ slo, window: burnWindow(slo, sums, minutes, fromMinute) }];
    })
    .filter(({ window }) => window.burn > 1)
    .sort((a, b) => b.window.burn - a.window.burn);
  const caughtUp = Math.max(0, toMinute - Math.max(fromMinute, measurement.fromMinute) + 1);
  const range = `${formatMinuteUtc(fromMinute)} to ${formatMinuteUtc(toMinute)}`;
  const head = `Nothing was decided for ${minutes} minutes, ${range}; ${caughtUp} of them were measured afterwards and count in the budgets.`;
  const none = burned.length === 0 ? ["No SLO burned more than its budget rate meanwhile."] : [];
  const lines = burned.map(
    ({ slo, window }) =>
      `${slo.name}: ${formatCount(window.bad)} of ${formatCount(window.total)} ${eventsWord(slo)} bad, ${formatBurn(window.burn)} the budget rate.`,
  );
  return { fromMinute, toMinute, lines: [head, ...none, ...lines] };
}

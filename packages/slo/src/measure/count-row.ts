import type { Counts } from "../model/cell.ts";
import type { GoodCondition, Slo } from "../model/slo.ts";
import type { MeasuredRow } from "./row.ts";

/**
 * The events that a row adds to an SLO, undefined for none.
 * @param thresholds the latency thresholds that the row's bucket counts
 */
export function countRow(slo: Slo, row: MeasuredRow, thresholds: readonly number[]): Counts | undefined {
  const { kind, good } = slo.indicator;
  switch (kind) {
    case "database":
      return partOf(row.figure("queries"), row.figure(badQueries(good)));
    case "queue": {
      if (good.kind === "no-retry") return partOf(row.figure("deliveries"), row.figure("retriedMessages"));
      const all = { count: row.events, variance: row.variance };
      return good.kind === "latency" ? partOf(all, row.figure("slowMessages")) : wholeOf(all, row.figure("okMessages"));
    }
    case "request":
    case "sandbox":
    case "external":
    case "probe":
    case "custom": {
      const bucket = row.fields.event === "executed" ? row.execBucket : row.bucket;
      const isGood = good.kind === "latency" ? bucket <= thresholds.indexOf(good.thresholdMs) : isGoodEnd(good, row);
      const { events: total, variance: varTotal } = row;
      return { total, varTotal, good: isGood ? total : 0, varGood: isGood ? varTotal : 0 };
    }
  }
}

interface Figures {
  readonly count: number;
  readonly variance: number;
}

function badQueries(good: GoodCondition): "failedQueries" | "slowQueries" | "verySlowQueries" {
  if (good.kind !== "latency") return "failedQueries";
  return good.thresholdMs === 50 ? "slowQueries" : "verySlowQueries";
}

/** All events but the bad ones. */
function partOf(all: Figures, bad: Figures): Counts {
  const good = Math.max(0, all.count - bad.count);
  return { total: all.count, varTotal: all.variance, good, varGood: Math.max(0, all.variance - bad.variance) };
}

/** Exactly the good ones. */
function wholeOf(all: Figures, good: Figures): Counts {
  return {
    total: all.count,
    varTotal: all.variance,
    good: Math.min(all.count, good.count),
    varGood: Math.min(all.variance, good.variance),
  };
}

function isGoodEnd(good: Exclude<GoodCondition, { kind: "latency" }>, row: MeasuredRow): boolean {
  switch (good.kind) {
    case "availability":
      return isAvailable(good, row);
    case "success":
      return row.outcome === "ok";
    case "no-timeout":
      return row.outcome !== "timeout";
    case "no-retry":
      return row.outcome !== "retried";
  }
}

/** A client that went away is no failure of ours, unless the SLO says so; what threw, was killed or ended without a status is. */
function isAvailable(good: GoodCondition & { readonly kind: "availability" }, row: MeasuredRow): boolean {
  if (good.badOutcomes.includes(row.outcome)) return false;
  if (row.outcome === "client_disconnect") return true;
  if (row.kind === "invocation" || row.outcome === "exception" || Number.isNaN(row.status)) return false;
  return !good.badStatuses.some(({ from, to }) => row.status >= from && row.status <= to);
}

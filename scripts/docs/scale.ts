// node scripts/docs/scale.ts [--check]: the arithmetic of docs/scale.md. Change an assumption here, run it, and read what follows.
import { writeTables } from "./generated-page.ts";

/** Cloudflare's published limits and list prices in US dollars, as known in November 2026. */
const PLATFORM = {
  /** Analytics Engine, Workers Paid: points and queries a month that are included, and the price of a million more. */
  pointsIncluded: 10_000_000,
  pointsPrice: 0.25,
  queriesIncluded: 1_000_000,
  queriesPrice: 1,
  /** About where one index value is thinned when it is written, points a second. */
  pointsPerIndexAndSecond: 100,
  d1RowsIncluded: 50_000_000,
  d1RowsPrice: 1,
  durableObjectRequestsIncluded: 1_000_000,
  durableObjectRequestsPrice: 0.15,
  paidPlan: 5,
  /** Free plan, a day. */
  freePoints: 100_000,
  freeQueries: 10_000,
  freeD1Rows: 100_000,
} as const;

/** How a usual fleet behaves. */
const FLEET = {
  samplingRate: 0.1,
  errorShare: 0.01,
  /** Calls to other services a request, each sampled like its request. */
  externalCallsPerRequest: 0.5,
  /** Routes of a Worker that have traffic in a minute, times the statuses and latency buckets that occur. */
  groupsPerWorker: 20 * 3,
  /** Minutes that a tick measures again, because rows arrive late, with the newest. */
  minutesPerTick: 6,
  /** SQL queries of a tick: SLOs, rules, aggregates. */
  queriesPerTick: 3,
  /** D1 rows that a tick may write (the bound that the evaluator keeps). */
  d1RowsPerTick: 30,
  /** Calls of AlertManager and the sandbox registry: SLOs and rules raise and wake, rules read what holds and what fires, a heartbeat looks. */
  durableObjectRequestsPerTick: 8,
  /** Workers that one evaluator can measure: what a tick reads stays below this many rows. */
  rowsPerTick: 100_000,
} as const;

const SIZES = [
  { workers: 1, requestsPerSecond: 10 },
  { workers: 10, requestsPerSecond: 300 },
  { workers: 100, requestsPerSecond: 5_000 },
  { workers: 1_000, requestsPerSecond: 100_000 },
  { workers: 10_000, requestsPerSecond: 1_000_000 },
] as const;

const MONTH_S = 30 * 86_400;
const TICKS_A_MONTH = 30 * 1_440;

interface Size {
  readonly workers: number;
  readonly requestsPerSecond: number;
}

function pointsPerSecond({ requestsPerSecond }: Size): number {
  const keptShare = FLEET.errorShare + (1 - FLEET.errorShare) * FLEET.samplingRate;
  return requestsPerSecond * keptShare * (1 + FLEET.externalCallsPerRequest);
}

/** Evaluators, each with a dataset, a D1 and an AlertManager of its own. */
function shards({ workers }: Size): number {
  return Math.ceil((workers * FLEET.groupsPerWorker * FLEET.minutesPerTick) / FLEET.rowsPerTick);
}

function monthlyCost(size: Size): number {
  const over = (used: number, included: number, pricePerMillion: number): number =>
    (Math.max(0, used - included) / 1e6) * pricePerMillion;
  const ticks = TICKS_A_MONTH * shards(size);
  return (
    PLATFORM.paidPlan +
    over(pointsPerSecond(size) * MONTH_S, PLATFORM.pointsIncluded, PLATFORM.pointsPrice) +
    over(ticks * FLEET.queriesPerTick, PLATFORM.queriesIncluded, PLATFORM.queriesPrice) +
    over(ticks * FLEET.d1RowsPerTick, PLATFORM.d1RowsIncluded, PLATFORM.d1RowsPrice) +
    over(ticks * FLEET.durableObjectRequestsPerTick, PLATFORM.durableObjectRequestsIncluded, PLATFORM.durableObjectRequestsPrice)
  );
}

/** The sampling rate at which the points of a month stay within what the plan includes. */
function rateWithinPlan({ requestsPerSecond }: Size): number {
  const keptShare = PLATFORM.pointsIncluded / (MONTH_S * requestsPerSecond * (1 + FLEET.externalCallsPerRequest));
  return Math.max(0, (keptShare - FLEET.errorShare) / (1 - FLEET.errorShare));
}

function fitsFree(size: Size): string {
  const day = 86_400;
  const points = pointsPerSecond(size) * day;
  const queries = 1_440 * FLEET.queriesPerTick;
  const rows = 1_440 * FLEET.d1RowsPerTick;
  const over = [
    points > PLATFORM.freePoints ? "points" : undefined,
    queries > PLATFORM.freeQueries ? "queries" : undefined,
    rows > PLATFORM.freeD1Rows ? "D1 rows" : undefined,
  ].filter((what) => what !== undefined);
  return over.length === 0 ? "yes" : `no: ${over.join(", ")}`;
}

function tables(): string {
  const load = SIZES.map((size) => {
    const perSecond = pointsPerSecond(size);
    const perIndex = perSecond / size.workers;
    return row([
      count(size.workers),
      count(size.requestsPerSecond),
      count(perSecond),
      count((perSecond * MONTH_S) / 1e6),
      perIndex > PLATFORM.pointsPerIndexAndSecond ? `yes (${count(perIndex)}/s)` : "no",
      count(shards(size)),
      ...[FLEET.queriesPerTick, FLEET.d1RowsPerTick, FLEET.durableObjectRequestsPerTick].map((each) =>
        count((TICKS_A_MONTH * each * shards(size)) / 1e3),
      ),
      count(size.workers / 60),
    ]);
  });
  const cost = SIZES.map((size) =>
    row([count(size.workers), fitsFree(size), `$${count(monthlyCost(size))}`, rateText(rateWithinPlan(size))]),
  );
  return [
    "| Workers | requests/s | points/s | M points/month | thinned by the engine | evaluators | k queries/month | k D1 rows/month | k Durable Object requests/month | raises/s if all fail |",
    "| ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ...load,
    "",
    "| Workers | fits Free | Paid, a month | sampling rate within the plan's points |",
    "| ---: | --- | ---: | ---: |",
    ...cost,
  ].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Two significant figures where it matters, whole numbers with separators above. */
function count(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : Math.round(value).toLocaleString("en-US");
}

function rateText(rate: number): string {
  if (rate >= 1) return "1";
  return rate <= 0 ? "errors alone are more" : `1/${count(1 / rate)}`;
}

await writeTables("scale.md", import.meta.filename, tables());

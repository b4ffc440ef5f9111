import type { Place } from "./location.ts";

const HOUR_MS = 3_600_000;

/** Ranges that end now. */
export const RANGES: readonly { readonly id: string; readonly label: string; readonly ms: number }[] = [
  { id: "1h", label: "1 h", ms: HOUR_MS },
  { id: "6h", label: "6 h", ms: 6 * HOUR_MS },
  { id: "24h", label: "24 h", ms: 24 * HOUR_MS },
  { id: "7d", label: "7 d", ms: 168 * HOUR_MS },
  { id: "30d", label: "30 d", ms: 720 * HOUR_MS },
  { id: "1y", label: "1 y", ms: 8_760 * HOUR_MS },
];

const DEFAULT_RANGE = "24h";

export interface TimeRange {
  /** One of RANGES; undefined for a fixed stretch. */
  readonly id: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The range of the address: a name that ends now, or fixed ends. */
export function rangeOf({ query }: Place, nowMs: number): TimeRange {
  const [from, to] = [momentOf(query["from"]), momentOf(query["to"])];
  if (from !== undefined && to !== undefined && from < to) return { id: undefined, fromMs: from, toMs: to };
  const named = RANGES.find(({ id }) => id === query["range"]) ?? RANGES.find(({ id }) => id === DEFAULT_RANGE);
  const ms = named?.ms ?? 24 * HOUR_MS;
  return { id: named?.id, fromMs: nowMs - ms, toMs: nowMs };
}

/** The last moment that a Date can hold, epoch ms. */
const LATEST_MS = 8.64e15;

/** A moment of an address; undefined for what is none: anybody can write anything there. */
function momentOf(text: string | undefined): number | undefined {
  const ms = text === undefined || text.trim() === "" ? Number.NaN : Math.round(Number(text));
  return ms >= 0 && ms <= LATEST_MS ? ms : undefined;
}

/** The query that every read of data points carries. */
export function dataQuery(range: TimeRange, { query }: Place): string {
  const search = new URLSearchParams({ from: String(Math.round(range.fromMs)), to: String(Math.round(range.toMs)) });
  for (const name of ["environment", "worker", "version", "endpoint"]) {
    const value = query[name];
    if (value !== undefined) search.set(name, value);
  }
  return search.toString();
}

/** Raw points are read for about this long; longer ranges come from daily aggregates. */
export const LIVE_MS = 31 * 24 * HOUR_MS;

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY_TIME = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const YEAR_DAY_TIME = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** In the viewer's zone; the day where it is not today's, the year where it is not this one. */
export function timeText(ms: number, nowMs: number): string {
  const [then, now] = [new Date(ms), new Date(nowMs)];
  if (then.getFullYear() !== now.getFullYear()) return YEAR_DAY_TIME.format(ms);
  return then.toDateString() === now.toDateString() ? TIME.format(ms) : DAY_TIME.format(ms);
}

export function utcText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** A moment as an input of type datetime-local holds it: the viewer's zone, to the minute. */
export function inputText(ms: number): string {
  const local = ms - new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(local).toISOString().slice(0, 16);
}

export function momentOfInput(text: string): number | undefined {
  const ms = new Date(text).getTime();
  return ms >= 0 && ms <= LATEST_MS ? ms : undefined;
}

/** `3 min`, `2.5 h`, `4 d`. */
export function spanText(ms: number): string {
  const minutes = Math.max(0, ms) / 60_000;
  if (minutes < 1) return `${Math.round(Math.max(0, ms) / 1_000)} s`;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  if (minutes < 2_880) return `${trim(minutes / 60)} h`;
  return `${trim(minutes / 1_440)} d`;
}

function trim(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toFixed(1)));
}

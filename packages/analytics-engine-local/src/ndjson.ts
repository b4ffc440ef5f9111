import { setImmediate as nextTurn } from "node:timers/promises";
import { checkDataPoint, plainDataPoint, type DataPoint, type PlainDataPoint } from "./data-point.ts";

/** A point that carries its own time: ms since 1970, or ISO 8601. Only for tests and history; a Worker cannot do this. */
export interface TimedDataPoint extends DataPoint {
  readonly timestamp?: number | string | Date;
}

/** A checked point with its time in whole seconds since 1970. */
export interface AcceptedPoint {
  readonly point: PlainDataPoint;
  readonly second: number;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/**
 * Reads newline-delimited JSON, one point a line; empty lines are skipped. All or nothing: the first bad line is the answer.
 * Gives the event loop a turn every few milliseconds, so that a large body does not stop other requests.
 * @param arrivalMs time for points that bring none, in ms since 1970
 */
export async function parsePoints(body: string, arrivalMs: number): Promise<Parsed<AcceptedPoint[]>> {
  const points: AcceptedPoint[] = [];
  let lineNumber = 0;
  for (let start = 0; start < body.length;) {
    const newline = body.indexOf("\n", start);
    const end = newline < 0 ? body.length : newline;
    const line = body.slice(start, end).trim();
    start = end + 1;
    lineNumber += 1;
    if (line !== "") {
      const parsed = parseLine(line, arrivalMs);
      if (!parsed.ok) return { ok: false, error: `line ${lineNumber}: ${parsed.error}` };
      points.push(parsed.value);
    }
    if (lineNumber % linesPerTurn === 0) await nextTurn();
  }
  return { ok: true, value: points };
}

/** Checks one point and settles its time. */
export function acceptPoint(value: unknown, arrivalMs: number): Parsed<AcceptedPoint> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { ok: false, error: 'a point is an object like {"indexes":["a"],"blobs":["b"],"doubles":[1]}' };
  const unknownField = Object.keys(value).find((key) => !knownFields.has(key));
  if (unknownField !== undefined)
    return { ok: false, error: `unknown field "${unknownField}"; a point has indexes, blobs, doubles and timestamp` };
  const check = checkDataPoint(value);
  if (!check.ok) return { ok: false, error: check.error.message.replace("writeDataPoint(): ", "") };
  const second = secondOf(Reflect.get(value, "timestamp"), arrivalMs);
  if (!second.ok) return second;
  return { ok: true, value: { point: plainDataPoint(value), second: second.value } };
}

/** About 3 ms of parsing. */
const linesPerTurn = 1000;
const knownFields = new Set(["indexes", "blobs", "doubles", "timestamp"]);

function parseLine(line: string, arrivalMs: number): Parsed<AcceptedPoint> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, error: `not JSON (${error instanceof Error ? error.message : "unreadable"}); write one object per line` };
  }
  return acceptPoint(value, arrivalMs);
}

/** Latest second a ClickHouse DateTime holds: 2106-02-07. */
const lastSecond = 2 ** 32 - 1;

function secondOf(timestamp: unknown, arrivalMs: number): Parsed<number> {
  if (timestamp === undefined || timestamp === null) return { ok: true, value: Math.floor(arrivalMs / 1000) };
  const ms = millisecondsOf(timestamp);
  if (ms === undefined)
    return {
      ok: false,
      error: `timestamp ${JSON.stringify(timestamp)} is no time; give ms since 1970 or ISO 8601 like "2026-01-31T12:00:00Z"`,
    };
  // 1e8 to 1e11 is 1970-01-02 to 1973 in ms, and 1973 to 5138 in seconds: nobody has such data, many have a unit mixed up.
  if (typeof timestamp === "number" && ms >= 1e8 && ms < 1e11)
    return { ok: false, error: `timestamp ${ms} looks like seconds; give milliseconds (${ms * 1000})` };
  const second = Math.floor(ms / 1000);
  if (second < 0 || second > lastSecond)
    return { ok: false, error: `timestamp ${JSON.stringify(timestamp)} is outside 1970 to 2106` };
  return { ok: true, value: second };
}

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

function millisecondsOf(timestamp: unknown): number | undefined {
  if (timestamp instanceof Date) return usable(timestamp.getTime());
  if (typeof timestamp === "number") return usable(timestamp);
  if (typeof timestamp !== "string") return undefined;
  const match = isoTime.exec(timestamp);
  if (match === null) return undefined;
  // A time without a zone is UTC here, as everywhere in Analytics Engine; Date.parse would take it as local.
  const zoned = match[1] === undefined && timestamp.length > 10 ? `${timestamp}Z` : timestamp;
  return usable(Date.parse(zoned));
}

function usable(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}

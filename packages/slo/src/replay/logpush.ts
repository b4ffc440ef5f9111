import type { Slice } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { slicesOfRows } from "../measure/slices.ts";
import { learnShape } from "./learn-shape.ts";
import { copyOf, latin1Text, matchLine, NEWLINE, newFound, viewOf } from "./line-shape.ts";
import type { LineShape } from "./line-shape.ts";
import { Tally } from "./tally.ts";
import type { TraceLine } from "./tally.ts";

/** Counts the requests of Logpush lines, so that SLOs can be judged on them. */
export interface LogpushCounter {
  /** Takes one line in. Lines of other events than requests, and lines that are none, are counted apart. */
  add(line: string): void;
  /** Takes the next bytes of a file in, wherever they are cut. `end` takes the last line in, where no line break ends it. */
  addBytes(bytes: Uint8Array): void;
  end(): void;
  readonly requests: number;
  /** Lines that are no requests; those that are no JSON are among them. */
  readonly others: number;
  /** Lines that are no JSON, and which one was the first, counted from 1. */
  readonly malformed: { readonly lines: number; readonly firstLine: number | undefined };
  /** Workers that requests were of, sorted. */
  workers(): string[];
  /** Minute slices of all SLOs so far. */
  slices(): Slice[];
}

/** Shapes that are tried before a line is parsed; a file has one or two. */
const MOST_SHAPES = 4;

/**
 * A counter over lines of newline-delimited JSON, one request each and none sampled away. Logs know no environment, so every line counts
 * as one of `environment`, and only SLOs on requests can be judged from them.
 */
export function createLogpushCounter(slos: readonly Slo[], environment = "production"): LogpushCounter {
  const tally = new Tally(slos, environment);
  const shapes: LineShape[] = [];
  const found = newFound();
  const counts = { lines: 0, requests: 0, others: 0, malformed: 0 };
  let firstMalformed: number | undefined;
  /** What stands after the last line break, in pieces: a line may be longer than what is read at once. */
  let rest: Uint8Array[] = [];

  /** Counts the line that begins at `at` by a shape that is known. @returns where it ends, −1 where it has none */
  const countByShape = (bytes: Uint8Array, view: DataView, at: number): number => {
    for (let index = 0; index < shapes.length; index += 1) {
      const shape = shapes[index];
      const end = shape === undefined ? -1 : matchLine(shape, bytes, view, at, found);
      if (shape === undefined || end === -1) continue;
      if (index > 0) {
        shapes.splice(index, 1);
        shapes.unshift(shape);
      }
      if (!tally.addFound(bytes, shape, found)) return -1;
      counts.lines += 1;
      counts.requests += 1;
      return end;
    }
    return -1;
  };

  const countInWhole = (line: Uint8Array): void => {
    const text = utf8.decode(line);
    counts.lines += 1;
    if (text.trim() === "") return;
    const read = parse(text);
    if (read.kind === "request") {
      counts.requests += 1;
      tally.add(read.line);
      const shape = shapes.length === MOST_SHAPES ? undefined : learnShape(latin1Text(line, 0, line.length));
      if (shape !== undefined) shapes.push(shape);
      return;
    }
    counts.others += 1;
    if (read.kind === "other") return;
    counts.malformed += 1;
    firstMalformed ??= counts.lines;
  };

  const addLine = (line: Uint8Array): void => {
    if (countByShape(line, viewOf(line), 0) === -1) countInWhole(line);
  };

  return {
    add(line) {
      addLine(encoder.encode(line));
    },
    addBytes(bytes) {
      const lastBreak = bytes.lastIndexOf(NEWLINE);
      if (lastBreak === -1) {
        rest.push(copyOf(bytes, 0, bytes.length));
        return;
      }
      let at = 0;
      if (rest.length > 0) {
        at = bytes.indexOf(NEWLINE) + 1;
        addLine(joined([...rest, bytes.subarray(0, at - 1)]));
      }
      const whole = bytes.subarray(0, lastBreak + 1);
      const view = viewOf(whole);
      while (at < whole.length) {
        let end = countByShape(whole, view, at);
        if (end === -1) {
          end = whole.indexOf(NEWLINE, at);
          countInWhole(whole.subarray(at, end));
        }
        at = end + 1;
      }
      rest = at === bytes.length ? [] : [copyOf(bytes, at, bytes.length)];
    },
    end() {
      if (rest.length > 0) addLine(joined(rest));
      rest = [];
    },
    get requests() {
      return counts.requests;
    },
    get others() {
      return counts.others;
    },
    get malformed() {
      return { lines: counts.malformed, firstLine: firstMalformed };
    },
    workers: () => tally.workers(),
    slices: () => slicesOfRows(slos, tally.rows()),
  };
}

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

type ReadLine = { readonly kind: "request"; readonly line: TraceLine } | { readonly kind: "other" | "malformed" };

function parse(text: string): ReadLine {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: "malformed" };
  }
  const event = at(parsed, "Event");
  const atMs = at(parsed, "EventTimestampMs");
  if (at(parsed, "EventType") !== "fetch" || typeof atMs !== "number" || !Number.isFinite(atMs)) return { kind: "other" };
  const wallMs = at(parsed, "WallTimeMs");
  const status = at(at(event, "Response"), "Status");
  const line: TraceLine = {
    atMs,
    worker: textOf(at(parsed, "ScriptName")),
    outcome: textOf(at(parsed, "Outcome")),
    url: textOf(at(at(event, "Request"), "URL")),
    method: textOf(at(at(event, "Request"), "Method")),
    status: typeof status === "number" ? status : Number.NaN,
    wallMs: typeof wallMs === "number" ? wallMs : 0,
  };
  return { kind: "request", line };
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

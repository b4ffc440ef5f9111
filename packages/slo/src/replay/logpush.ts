import type { Slice } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { slicesOfRows } from "../measure/slices.ts";
import { learnShape, matchLine, newFound } from "./line-shape.ts";
import type { LineShape } from "./line-shape.ts";
import { Tally } from "./tally.ts";
import type { TraceLine } from "./tally.ts";

/** Counts the requests of Logpush lines, so that SLOs can be judged on them. */
export interface LogpushCounter {
  /** Takes one line in. Lines of other events than requests, and lines that are none, are counted apart. */
  add(line: string): void;
  /**
   * Takes the next piece of a file in, wherever it is cut: its bytes as text, one character a byte ("latin1", "binary"), which costs next to
   * nothing to make. `end` takes the last line in, where no line break ends it.
   */
  addBytes(bytes: string): void;
  end(): void;
  readonly requests: number;
  readonly others: number;
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
  const counts = { requests: 0, others: 0 };
  let rest = "";

  /** Counts the line that begins at `at` by a shape that is known. @returns where it ends, −1 where it has none */
  const countByShape = (text: string, at: number): number => {
    for (let index = 0; index < shapes.length; index += 1) {
      const shape = shapes[index];
      const end = shape === undefined ? -1 : matchLine(shape, text, at, found);
      if (shape === undefined || end === -1) continue;
      if (index > 0) {
        shapes.splice(index, 1);
        shapes.unshift(shape);
      }
      if (!tally.addFound(text, shape, found)) return -1;
      counts.requests += 1;
      return end;
    }
    return -1;
  };

  const add = (line: string): void => {
    if (countByShape(line, 0) !== -1) return;
    if (line.trim() === "") return;
    const read = parse(line);
    const shape = read === undefined || shapes.length === MOST_SHAPES ? undefined : learnShape(line.trimEnd());
    if (shape !== undefined) shapes.push(shape);
    if (read === undefined) counts.others += 1;
    else {
      counts.requests += 1;
      tally.add(read);
    }
  };

  /** Counts the whole lines of a text and keeps what stands after the last one. */
  const addText = (text: string): void => {
    const lastBreak = text.lastIndexOf("\n");
    let at = 0;
    while (at <= lastBreak) {
      const end = countByShape(text, at);
      if (end !== -1) {
        at = end + 1;
        continue;
      }
      const lineEnd = text.indexOf("\n", at);
      add(fromBytes(text.slice(at, lineEnd)));
      at = lineEnd + 1;
    }
    rest = text.slice(lastBreak + 1);
  };

  return {
    add,
    addBytes(bytes) {
      addText(rest === "" ? bytes : rest + bytes);
    },
    end() {
      if (rest !== "") add(fromBytes(rest));
      rest = "";
    },
    get requests() {
      return counts.requests;
    },
    get others() {
      return counts.others;
    },
    slices: () => slicesOfRows(slos, tally.rows()),
  };
}

const utf8 = new TextDecoder();

/** The text of bytes that stand in a string, one a character. */
function fromBytes(bytes: string): string {
  return isAscii(bytes) ? bytes : utf8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

function parse(line: string): TraceLine | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const event = at(parsed, "Event");
  const atMs = at(parsed, "EventTimestampMs");
  if (at(parsed, "EventType") !== "fetch" || typeof atMs !== "number" || !Number.isFinite(atMs)) return undefined;
  const wallMs = at(parsed, "WallTimeMs");
  const status = at(at(event, "Response"), "Status");
  return {
    atMs,
    worker: textOf(at(parsed, "ScriptName")),
    outcome: textOf(at(parsed, "Outcome")),
    url: textOf(at(at(event, "Request"), "URL")),
    method: textOf(at(at(event, "Request"), "Method")),
    status: typeof status === "number" ? status : Number.NaN,
    wallMs: typeof wallMs === "number" ? wallMs : 0,
  };
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

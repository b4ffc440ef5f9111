/** The values of a request that SLOs are judged on, by their paths in a line of dataset workers_trace_events. */
export const FIELDS = [
  "EventTimestampMs",
  "WallTimeMs",
  "Event.Response.Status",
  "ScriptName",
  "Outcome",
  "Event.Request.Method",
  "Event.Request.URL",
] as const;
export type FieldName = (typeof FIELDS)[number];

/** Places in `starts` and `ends` of a match. */
export const AT_MS = 0;
export const WALL_MS = 1;
export const STATUS = 2;
export const WORKER = 3;
export const OUTCOME = 4;
export const METHOD = 5;
export const URL_AT = 6;

const EVENT_TYPE = "EventType";
const NOT_WANTED = -1;

/**
 * What lines have in common that differ in their values alone: the text between the values. A job writes the same keys in the same order
 * into every line, so a line is read by comparing what is between and looking at what is wanted, without parsing it.
 */
export interface LineShape {
  /** Text before each value, and after the last one. */
  readonly literals: readonly string[];
  readonly isText: readonly boolean[];
  /** Place among `FIELDS` of each value, −1 for one that nobody wants. */
  readonly fields: readonly number[];
  /** Whether the shape has the field at all. */
  readonly has: readonly boolean[];
}

/** Where the wanted values of the line that was matched last stand. */
export interface Found {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export function newFound(): Found {
  return { starts: new Int32Array(FIELDS.length), ends: new Int32Array(FIELDS.length) };
}

const QUOTE = 34;
const NEWLINE = 10;

/**
 * Whether the line that begins at `at` has a shape; writes where its wanted values stand. Inside a JSON text a quote always follows a
 * backslash and a line never ends, so what is between the values cannot be imitated by a value.
 * @returns where the line ends, −1 where it has another shape
 */
export function matchLine(shape: LineShape, text: string, at: number, found: Found): number {
  const { literals, isText, fields } = shape;
  let place = at;
  for (let value = 0; value < fields.length; value += 1) {
    const literal = literals[value] ?? "";
    if (!text.startsWith(literal, place)) return -1;
    place += literal.length;
    const end = isText[value] === true ? text.indexOf('"', place) : numberEnd(text, place);
    if (end === -1 || (end === place && isText[value] !== true)) return -1;
    const field = fields[value] ?? NOT_WANTED;
    if (field !== NOT_WANTED) {
      found.starts[field] = place;
      found.ends[field] = end;
    }
    place = end;
  }
  const last = literals[fields.length] ?? "";
  if (!text.startsWith(last, place)) return -1;
  place += last.length;
  return place === text.length || text.charCodeAt(place) === NEWLINE ? place : -1;
}

/** Digits, signs, points and exponents. */
function numberEnd(text: string, start: number): number {
  let end = start;
  for (let code = text.charCodeAt(end); isOfNumber(code); code = text.charCodeAt(end)) end += 1;
  return end;
}

function isOfNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43 || code === 69 || code === 101;
}

/** The number between two places; whole ones, which nearly all are, without making a text of it. */
export function numberAt(text: string, start: number, end: number): number {
  if (end - start > 15) return Number(text.slice(start, end));
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number(text.slice(start, end));
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The shape of a line that is known to be JSON; undefined for one that others are not likely to share, because a list in it is not empty,
 * or that has a wanted value twice or of another type.
 */
export function learnShape(line: string): LineShape | undefined {
  const scanner = new Scanner(line);
  return scanner.object("") && scanner.isAtEnd() ? scanner.shape() : undefined;
}

/** Walks a line once and notes where its values stand. */
class Scanner {
  readonly #line: string;
  readonly #literals: string[] = [];
  readonly #isText: boolean[] = [];
  readonly #fields: number[] = [];
  #at = 0;
  #literalFrom = 0;

  constructor(line: string) {
    this.#line = line;
  }

  isAtEnd(): boolean {
    return this.#at === this.#line.length;
  }

  shape(): LineShape | undefined {
    const wanted = this.#fields.filter((field) => field !== NOT_WANTED);
    if (new Set(wanted).size !== wanted.length) return undefined;
    return {
      literals: [...this.#literals, this.#line.slice(this.#literalFrom)],
      isText: this.#isText,
      fields: this.#fields,
      has: FIELDS.map((_, field) => wanted.includes(field)),
    };
  }

  object(path: string): boolean {
    if (!this.#take("{")) return false;
    if (this.#take("}")) return true;
    do {
      const key = this.#text();
      // A key with escapes may be one that is wanted.
      if (key === undefined || key.includes("\\") || !this.#take(":") || !this.#value(path === "" ? key : `${path}.${key}`))
        return false;
    } while (this.#take(","));
    return this.#take("}");
  }

  #value(path: string): boolean {
    const code = this.#line.charCodeAt(this.#at);
    if (this.#line.startsWith("{", this.#at)) return this.object(path);
    if (this.#line.startsWith("[]", this.#at)) return this.#take("[]");
    for (const word of ["true", "false", "null"]) if (this.#take(word)) return true;
    const field = FIELDS.findIndex((name) => name === path);
    const isText = code === QUOTE;
    if (field !== -1 && isText !== field >= WORKER) return false;
    const start = this.#at + (isText ? 1 : 0);
    if (isText) {
      const text = this.#text();
      if (text === undefined) return false;
      if (path === EVENT_TYPE) {
        // It stays in the text between: lines of other events have other shapes.
        return true;
      }
      this.#note(start, this.#at - 1, true, field);
      return true;
    }
    this.#at = numberEnd(this.#line, start);
    if (this.#at === start) return false;
    this.#note(start, this.#at, false, field);
    return true;
  }

  #note(start: number, end: number, isText: boolean, field: number): void {
    this.#literals.push(this.#line.slice(this.#literalFrom, start));
    this.#literalFrom = end;
    this.#isText.push(isText);
    this.#fields.push(field);
  }

  /** A JSON text as it is written, without its quotes; undefined where there is none. */
  #text(): string | undefined {
    if (!this.#take('"')) return undefined;
    const start = this.#at;
    for (let at = start; at < this.#line.length; at += 1) {
      const code = this.#line.charCodeAt(at);
      if (code === 92) at += 1;
      else if (code === QUOTE) {
        this.#at = at + 1;
        return this.#line.slice(start, at);
      }
    }
    return undefined;
  }

  #take(word: string): boolean {
    if (!this.#line.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }
}

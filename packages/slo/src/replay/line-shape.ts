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

export const NOT_WANTED = -1;

/**
 * What lines have in common that differ in their values alone: the bytes between the values. A job writes the same keys in the same order
 * into every line, so a line is read by comparing what is between and looking at what is wanted, without parsing it and without a text.
 */
export interface LineShape {
  /** Bytes before each value, and after the last one. */
  readonly literals: readonly Literal[];
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

export const NEWLINE = 10;
const QUOTE = 34;
const FIRST_DIGIT = 48;
const LAST_DIGIT = 57;

/**
 * Whether the line that begins at `at` has a shape; writes where its wanted values stand. Inside a JSON text a quote always follows a
 * backslash, and no byte of a longer UTF-8 character is either of them, so what is between the values cannot be imitated by a value.
 * @returns where the line ends, −1 where it has another shape
 */
export function matchLine(
  { literals, isText, fields }: LineShape,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  found: Found,
): number {
  let place = at;
  for (let value = 0; value < fields.length; value += 1) {
    place = afterLiteral(literals[value], bytes, view, place);
    if (place === -1) return -1;
    const isQuoted = isText[value] === true;
    const end = isQuoted ? quoteAfter(bytes, place) : numberEnd(bytes, place);
    if (end === bytes.length || (end === place && !isQuoted)) return -1;
    const field = fields[value] ?? NOT_WANTED;
    if (field !== NOT_WANTED) {
      found.starts[field] = place;
      found.ends[field] = end;
    }
    place = end;
  }
  place = afterLiteral(literals[fields.length], bytes, view, place);
  return place === bytes.length || bytes[place] === NEWLINE ? place : -1;
}

/** Text between two values, as four bytes at once and what is left of them: comparing it is most of the work. */
export interface Literal {
  readonly words: Int32Array;
  readonly tail: Uint8Array;
}

export function literalOf(bytes: Uint8Array): Literal {
  const view = viewOf(bytes);
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, at) => view.getInt32(at << 2, true));
  return { words, tail: copyOf(bytes, words.length << 2, bytes.length) };
}

function afterLiteral(literal: Literal | undefined, bytes: Uint8Array, view: DataView, place: number): number {
  if (literal === undefined) return -1;
  const { words, tail } = literal;
  const tailAt = place + (words.length << 2);
  if (tailAt + tail.length > bytes.length) return -1;
  for (let at = 0; at < words.length; at += 1) if (view.getInt32(place + (at << 2), true) !== words[at]) return -1;
  for (let at = 0; at < tail.length; at += 1) if (bytes[tailAt + at] !== tail[at]) return -1;
  return tailAt + tail.length;
}

/** The same bytes, to be read four at once. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The next quote, or where the line ends without one. */
function quoteAfter(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== QUOTE && bytes[end] !== NEWLINE) end += 1;
  return end;
}

/** Digits, signs, points and exponents. */
function numberEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && isOfNumber(bytes[end] ?? 0)) end += 1;
  return end;
}

function isOfNumber(byte: number): boolean {
  return (byte >= FIRST_DIGIT && byte <= LAST_DIGIT) || byte === 46 || byte === 45 || byte === 43 || byte === 69 || byte === 101;
}

/** The number between two places; whole ones, which nearly all are, without making a text of it. */
export function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return Number(latin1Text(bytes, start, end));
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - FIRST_DIGIT;
    if (digit < 0 || digit > 9) return Number(latin1Text(bytes, start, end));
    value = value * 10 + digit;
  }
  return value;
}

/** Bytes of their own: a view, which is what a Buffer's `slice` is, would change with what is read next, or keep the whole piece alive. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Bytes as a text, one character each. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

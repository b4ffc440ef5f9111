import { copyOf, latin1Text } from "./line-shape.ts";

/** What `numberOf` says of a text that has no number. */
export const TOO_MANY = -1;

const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
const LAST_PRINTABLE = 126;
/** FNV-1a. */
const HASH_START = 0x81_1c_9d_c5;
const HASH_STEP = 0x01_00_01_93;

/** Texts by number, found by their bytes. Lines repeat the same few, and mostly the one of the line before. */
export class Texts {
  readonly #most: number;
  readonly #texts: string[] = [];
  readonly #bytes: Uint8Array[] = [];
  /** Numbers of the texts with one hash. */
  readonly #byHash = new Map<number, number[]>();
  #last = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The number of a text between two places; below 0 for one with escapes or beyond ASCII, and for one too many. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    if (isSame(this.#bytes[this.#last], bytes, start, end)) return this.#last;
    const hash = hashOf(bytes, start, end);
    const known = this.#byHash.get(hash)?.find((number) => isSame(this.#bytes[number], bytes, start, end));
    const number = known ?? this.#add(hash, bytes, start, end);
    if (number !== TOO_MANY) this.#last = number;
    return number;
  }

  at(number: number): string {
    return this.#texts[number] ?? "";
  }

  #add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    if (this.#texts.length === this.#most || !isPlain(bytes, start, end)) return TOO_MANY;
    const number = this.#texts.push(latin1Text(bytes, start, end)) - 1;
    this.#bytes.push(copyOf(bytes, start, end));
    const alike = this.#byHash.get(hash);
    if (alike === undefined) this.#byHash.set(hash, [number]);
    else alike.push(number);
    return number;
  }
}

function isSame(own: Uint8Array | undefined, bytes: Uint8Array, start: number, end: number): boolean {
  if (own?.length !== end - start) return false;
  for (let at = 0; at < own.length; at += 1) if (own[at] !== bytes[start + at]) return false;
  return true;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START | 0;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), HASH_STEP);
  return hash;
}

/** Printable ASCII without escapes: what stands there is what is meant. */
export function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE || byte === BACKSLASH) return false;
  }
  return true;
}

import { FIELDS, literalOf, NOT_WANTED, WORKER } from "./line-shape.ts";
import type { LineShape } from "./line-shape.ts";

const EVENT_TYPE = "EventType";
const QUOTE = 34;
const BACKSLASH = 92;
/** What `matchLine` takes for a number. */
const NUMBER = /[\d.+\-Ee]+/y;

/**
 * The shape of a line that is known to be JSON; undefined for one that others are not likely to share, because a list in it is not empty,
 * or that has a wanted value twice or of another type.
 * @param line its bytes as text, one character each
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

  /** White space at the end, as of lines that end with CR LF, is of the shape. */
  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#line.length;
  }

  shape(): LineShape | undefined {
    const wanted = this.#fields.filter((field) => field !== NOT_WANTED);
    if (new Set(wanted).size !== wanted.length) return undefined;
    return {
      literals: [...this.#literals, this.#line.slice(this.#literalFrom)].map((text) => literalOf(bytesOf(text))),
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
    this.#skipSpace();
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
    NUMBER.lastIndex = start;
    if (!NUMBER.test(this.#line)) return false;
    this.#at = NUMBER.lastIndex;
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
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) {
        this.#at = at + 1;
        return this.#line.slice(start, at);
      }
    }
    return undefined;
  }

  #take(word: string): boolean {
    this.#skipSpace();
    if (!this.#line.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #skipSpace(): void {
    while (" \t\r".includes(this.#line.charAt(this.#at)) && this.#at < this.#line.length) this.#at += 1;
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

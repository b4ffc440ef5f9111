import { once } from "../runtime/once.ts";
import { recall } from "./recall.ts";

/** What identifies a bug over builds and requests. */
export interface FingerprintParts {
  /** Class of the error, such as TypeError. */
  readonly name: string;
  readonly code?: string | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** What differs between two occurrences of one bug, the most telling form first: a digit is looked for last. */
const variableParts = once((): readonly (readonly [RegExp, string])[] => [
  [/\b[a-z][\w+.-]{1,20}:\/\/[^\s"'`<>]+/gi, "<url>"],
  [/[\w.+%-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "<email>"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<id>"],
  // An apostrophe inside a word opens no quotation: "can't load the user's task".
  [/"[^"]{0,512}"|(?<!\w)'[^']{0,512}'(?!\w)|`[^`]{0,512}`|\u201C[^\u201D]{0,512}\u201D/g, "<value>"],
  [/\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, "<hex>"],
  // usr_8f3kd92, ULIDs, nano ids, job keys: long words with digits in them
  [/\b[A-Za-z]{1,12}_(?=\w*\d)\w{4,}\b|\b(?=[A-Za-z_-]*\d)[\w-]{12,}\b/g, "<id>"],
  [/\d+/g, "<n>"],
]);

/** Messages are compared by their first part: what varies stands at the end more often than at the start. */
const MAX_MESSAGE_LENGTH = 512;
const MAX_FRAMES = 5;
/** Code that is not the worker's own, natives included: its names say where an error surfaced, not which bug it is. */
const FOREIGN_CODE = /node_modules|\((?:<anonymous>|index \d|(?:node|cloudflare|internal|workerd)[:/-])/;

/**
 * 16 hex digits that are the same for the same bug in two builds: class, code, message without what varies, and function names of
 * the innermost frames of the worker's own code. Positions and file names are left out, since a bundle moves them with each deploy,
 * and so are the numbers that a bundler puts behind a name that two modules share.
 */
export function fingerprint(parts: FingerprintParts): string {
  const { name, code = "", message, stack = "" } = parts;
  return recall(known, [name, code, message, stack].join("\0"), () =>
    hash64([name, code, normaliseMessage(message), ...functionNames(stack)].join("\n")),
  );
}

const known = new Map<string, string>();

/** A message without ids, numbers, addresses, quoted values and URLs. */
export function normaliseMessage(message: string): string {
  // Twice as much is looked at, so that no id is cut in half: half of one is not recognised.
  let text = message.slice(0, 2 * MAX_MESSAGE_LENGTH);
  for (const [pattern, replacement] of variableParts()) text = text.replace(pattern, replacement);
  return text.replace(/\s+/g, " ").trim().slice(0, MAX_MESSAGE_LENGTH);
}

/** Function names of the innermost frames in V8's format; anonymous and minified ones, which change with each build, are left out. */
function functionNames(stack: string): string[] {
  const names: string[] = [];
  // A long message stands in front of the frames.
  const framesAt = Math.max(0, stack.search(/\n\s{1,8}at /));
  for (const line of stack.slice(framesAt, framesAt + 8_192).split("\n")) {
    const found = /^\s{0,8}at (?:async )?(?:new )?([\w$.<>#]{3,128}) (?:\[as \w{1,64}\] )?\(/.exec(line)?.[1];
    if (!found || FOREIGN_CODE.test(line)) continue;
    const name = found
      .replace(/\d+(?=\.|$)/g, "")
      .split(".")
      .filter(isTelling)
      .join(".");
    if (name !== "") names.push(name);
    if (names.length === MAX_FRAMES) break;
  }
  return names;
}

/** Whether a part of a name is the same in every build and says more than "some object". */
function isTelling(part: string): boolean {
  return part.length > 2 && !/^(?:Object|Module|Function|global|globalThis|<anonymous>)$/.test(part);
}

/** Two FNV-1a hashes of 32 bits with different offsets: fast, synchronous, good enough for some thousand groups. */
export function hash64(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + 0x9e37), 0x01000197);
  }
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}

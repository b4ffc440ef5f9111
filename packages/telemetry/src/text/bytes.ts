import { once } from "../runtime/once.ts";

const encoder = once(() => new TextEncoder());
// A byte order mark is part of the text; a decoder drops it by default.
const decoder = once(() => new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }));

/** UTF-8 bytes of a text. */
export function byteLength(text: string): number {
  return encoder().encode(text).length;
}

/** The text cut to at most `maxBytes` of UTF-8, never through a code point. */
export function truncateBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  // No more than maxBytes units can fit, so a 50 MB text is never encoded whole.
  const bytes = encoder().encode(text.length > maxBytes ? text.slice(0, maxBytes + 1) : text);
  if (bytes.length <= maxBytes && text.length <= maxBytes) return text;
  let end = Math.max(0, maxBytes);
  if (end < bytes.length) while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return decoder().decode(bytes.subarray(0, end));
}

import { byteLength, hash64 } from "@monotask/telemetry";

/**
 * At most `maxBytes` UTF-8 bytes of the text as `escape` writes it, cut between code points and ended by `…` where
 * something was left out. An escaped character (`&amp;`) is kept whole or left out whole.
 */
export function truncateBytes(text: string, maxBytes: number, escape: (character: string) => string = same): string {
  const wellFormed = text.toWellFormed();
  // Three bytes at most for each UTF-16 unit: short texts, nearly all of them, need no walk.
  if (escape === same && wellFormed.length * 3 <= maxBytes) return wellFormed;
  let used = 0;
  let whole = "";
  let kept = "";
  for (const character of wellFormed) {
    const written = escape(character);
    used += byteLength(written);
    if (used > maxBytes) return maxBytes < ELLIPSIS_BYTES ? kept : kept + "…";
    whole += written;
    if (used <= maxBytes - ELLIPSIS_BYTES) kept = whole;
  }
  return whole;
}

const ELLIPSIS_BYTES = 3;

/** At most `maxBytes` UTF-8 bytes that tell texts apart though they begin alike: one that is cut ends in the hash of the whole. */
export function cutApart(text: string, maxBytes: number): string {
  return byteLength(text) <= maxBytes
    ? truncateBytes(text, maxBytes)
    : `${truncateBytes(text, maxBytes - HASH_BYTES)}#${hash64(text)}`;
}

/** `#` and 16 digits, with some room. */
const HASH_BYTES = 20;

function same(text: string): string {
  return text;
}

/**
 * What acts where a text is shown, instead of being read: control characters but line break and tab, which move a terminal's cursor or
 * clear it, and the characters that turn the direction of writing, which make a text read as another (Unicode TR 36, 2.6).
 */
const ACTING = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;

/** The text with "\uFFFD" for every character that acts instead of being read. For whatever shows texts that others wrote. */
export function visibleText(text: string): string {
  return text.replace(ACTING, "\uFFFD");
}

import { recall } from "./recall.ts";
import { secretRules } from "./secrets.ts";

/** Longest text that is looked at; what is longer is cut first, so that scrubbing costs a bounded time. */
const MAX_SCRUBBED_LENGTH = 32_768;

/**
 * The text without passwords, tokens, keys, cookies, e-mail addresses, card numbers and URLs' credentials and query strings.
 * Where in doubt it masks: `password: required` loses its last word. Bare hexadecimal ids stay, since trace ids look the same.
 * @param maxLength UTF-16 units that are looked at and kept, at most and by default 32,768
 */
export function scrubText(text: string, maxLength = MAX_SCRUBBED_LENGTH): string {
  if (text.length > maxLength) return scrubbedText(cutAtBlank(text, maxLength));
  const { length } = secretRules();
  if (rulesThen !== length) {
    scrubbedTexts.clear();
    rulesThen = length;
  }
  return recall(scrubbedTexts, text, () => scrubbedText(text));
}

const scrubbedTexts = new Map<string, string>();
/** How many rules there were: users may add some. */
let rulesThen = 0;

function scrubbedText(text: string): string {
  let scrubbed = text;
  for (const [pattern, replacement] of secretRules()) {
    scrubbed = typeof replacement === "string" ? scrubbed.replace(pattern, replacement) : scrubbed.replace(pattern, replacement);
  }
  return scrubbed;
}

/** A URL's origin and path; credentials, query and fragment are dropped, and the path is scrubbed. */
export function scrubUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return scrubText(`${protocol}//${host}${pathname}`);
  } catch {
    return scrubText(url.split(/[?#]/, 1)[0] ?? "");
  }
}

/** The text up to the longest looked at, without the word that the cut goes through: half a token is not recognised as one. */
function cutAtBlank(text: string, maxLength: number): string {
  const cut = text.slice(0, maxLength);
  const word = /\S{0,256}$/.exec(cut.slice(-256))?.[0] ?? "";
  return cut.slice(0, cut.length - word.length);
}

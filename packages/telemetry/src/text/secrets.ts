import { once } from "../runtime/once.ts";

export const MASK = "[scrubbed]";

/** Names whose values are secrets, at the end of a name: `apiKey`, `X-Api-Key`, `db_password`, but not `tokenCount`. */
const SECRET_NAMES =
  "pass(?:words?|wd|phrase)|pwd|secret(?:s|[_-]?keys?)?|(?:api|access|account|auth|private|routing|signing|encryption|shared|webhook)[_ -]?keys?|token|credentials?|signature|session[_-]?id|jwt";
const HEADER_NAMES = "authorization|cookie";

/** What stands between a name and its value, in JSON, escaped JSON, YAML, environment files and headers. */
const SEPARATOR = String.raw`(?:\\{0,3}["'])?\s{0,3}(?:=>|[:=])\s{0,3}`;

/** A value in escaped quotes (more deeply escaped ones belong to it), or in quotes. Alternatives begin differently. */
const QUOTED_VALUE = String.raw`\\{1,3}["'][^"'\\]*(?:(?:\\{3,}["']|\\+[^"'\\])[^"'\\]*)*|"[^"\\]*(?:\\[^][^"\\]*)*"?|'[^'\\]*(?:\\[^][^'\\]*)*'?`;

/** A list of values. */
const LIST = String.raw`\[(?!scrubbed\])[^\]]{0,2048}\]?`;

/** A value that stood in quotes and is masked already: the line ends after it, or JSON goes on. */
const MASKED_QUOTED_VALUE = String.raw`\[scrubbed\](?=[\s"'\\})\],;]{0,16}(?:[\r\n]|$)|\}?,\\{0,3}["'])`;

/** A value without quotes; what is masked already is taken whole. */
const BARE_VALUE = String.raw`(?:\[scrubbed\][^\s"'&,;})\]\\]*|[^\s"'&,;})\]]+)`;

type Rule = readonly [pattern: RegExp, replacement: string | ((found: string, ...groups: string[]) => string)];

/**
 * What is masked, in order. Every pattern costs a bounded number of steps for each character: repetitions are bounded, or run to a
 * character that they exclude and nothing can fail after them.
 */
export const secretRules = once((): Rule[] => [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY[^]*?(?:-----END [A-Z ]{0,40}-----|$)/g, MASK],
  [/(?<=https:\/\/[^\s/]{0,64}(?:hooks\.slack\.com|discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com)\/)\S+/gi, MASK],
  [/(:\/\/)[^\s/:@"'<>]{0,256}:(?:[^\s/"'<>]|\/(?!\/)){1,256}@/g, `$1${MASK}@`],
  [/(:\/\/(?:[^\s?#/"'<>]|\/(?!\/)){1,512})[?#][^\s"'<>]*/g, "$1"],
  [/([?&][\w.-]{1,64}=)[^\s&#"'<>]+/g, `$1${MASK}`],
  [new RegExp(`(${HEADER_NAMES})(${SEPARATOR})(?:${QUOTED_VALUE}|${MASKED_QUOTED_VALUE}|[^\\r\\n]+)`, "gi"), `$1$2${MASK}`],
  ruleOfNames(SECRET_NAMES),
  // Signed, and encrypted with a key of its own or (two dots) without.
  [/\beyJ[\w-]{5,}\.{1,2}[\w-]{5,}(?:\.[\w-]*){0,3}/g, MASK],
  [
    /\b(bearer|basic|token|apikey)\s{1,3}([\w.~+/=-]{8,})/gi,
    (found, scheme = "", value = "") => (looksRandom(value) ? `${scheme} ${MASK}` : found),
  ],
  [/\b(?:AKIA|ASIA|AIza|ya29\.|SG\.|GOCSPX-|AGE-SECRET-KEY-1|dapi|v1\.0-)[\w.-]{16,}/g, MASK],
  [
    /\b(?:[spr]k[-_]|whsec_|gh[opsur]_|github_pat_|glpat-|xox[a-z]-|xapp-|npm_|pypi-|shp[a-z]{2}_|do[opr]_v1_)[\w-]{12,}/g,
    maskWithDigit,
  ],
  [/\b(?:hf_|lin_api_|sbp_|pscale_|cf(?:k|ut|at)_|re_|r8_|vercel_|dp\.[a-z]{2,6}\.)[\w-]{16,}/g, maskWithDigit],
  // Twilio, and a global key of Cloudflare: no id has 37 digits.
  [/\b(?:(?:AC|SK)[0-9a-f]{32}|[0-9a-f]{37})\b/g, MASK],
  [/\b\d{8,10}:[\w-]{35}/g, MASK],
  [
    /(?<![\p{L}\p{M}\p{N}._%+-])[\p{L}\p{M}\p{N}._%+-]{1,64}(?:@|%40)[\p{L}\p{M}\p{N}-]{1,63}(?:\.[\p{L}\p{M}\p{N}-]{1,63}){1,8}/gu,
    "[email]",
  ],
  [/(?<![\d.-])[2-6](?:[ -]?\d){13,18}(?![\d.-]?\d)/g, cardMasked],
  // The same beside other digits, such as the date it expires on: in the groups that cards are written in.
  [/\b(?!20)[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}\b|\b3[47]\d\d([ -]?)\d{6}\2\d{5}\b/g, cardMasked],
  // From the beginning of a word only: a look at every letter of every shorter word would find nothing more.
  [/(?<![\w+-])[\w+-]{32,}/g, (found) => (isLongRandom(found) ? MASK : found)],
]);

/** Whether a field's name says that its value is a secret, such as `apiKey` or `Set-Cookie`. */
export function isSecretName(name: string): boolean {
  const end = name.slice(-64);
  return secretName().test(end) || added.some((pattern) => pattern.test(end));
}

const secretName = once(() => new RegExp(`(?:${SECRET_NAMES}|(?:${HEADER_NAMES})s?)$`, "i"));

const added: RegExp[] = [];

/**
 * Masks values of further names from now on, everywhere in this isolate: points, logs and alerts. Compared like the built-in ones: at
 * the end of a name, in any case, so that `iban` is found in `customerIban`.
 */
export function alsoScrub(names: readonly string[]): void {
  for (const name of names) {
    // No more than is compared: what is never found would be added with each call.
    const pattern = name
      .trim()
      .slice(-64)
      .replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    if (pattern === "" || isSecretName(name.trim())) continue;
    added.push(new RegExp(`${pattern}$`, "i"));
    secretRules().push(ruleOfNames(pattern));
  }
}

function ruleOfNames(names: string): Rule {
  return [new RegExp(`(${names})(${SEPARATOR})(?:${QUOTED_VALUE}|${LIST}|${BARE_VALUE})`, "gi"), `$1$2${MASK}`];
}

/** Keys of providers are random: without a digit it is a word that begins like one. */
function maskWithDigit(found: string): string {
  return /\d/.test(found) ? MASK : found;
}

/** Not an ordinary word: it has a digit, or capitals inside. */
function looksRandom(value: string): boolean {
  return /\d/.test(value) || /[a-z].{0,64}[A-Z]/.test(value.slice(0, 128));
}

/** Letters of both cases and at least three digits, as in a random base-64 text; ids in hexadecimal have one case. */
function isLongRandom(found: string): boolean {
  return /[a-z]/.test(found) && /[A-Z]/.test(found) && (found.match(/\d/g)?.length ?? 0) >= 3;
}

function cardMasked(found: string): string {
  return hasLuhnSum(found) ? "[number]" : found;
}

/** The check sum of card numbers (ISO/IEC 7812-1, annex B). */
function hasLuhnSum(found: string): boolean {
  const digits = found.replace(/\D/g, "");
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

import { visibleText } from "@monotask/telemetry";

const ESCAPE = String.fromCharCode(27);
/** What this command line itself sends a terminal: colours, and the two steps by which a progress bar is drawn over. */
const OWN = new RegExp(`${ESCAPE}\\[(?:\\d{1,2}m|1A|2K)`, "g");

/**
 * A text for a terminal: routes, messages and stack traces in it were written by whoever called the worker, and must not move the
 * cursor, set a title or read backwards. Pipes and files get what is stored, to the letter.
 */
export function terminalText(text: string): string {
  const own = text.match(OWN) ?? [];
  return text
    .split(OWN)
    .map((part, at) => `${visibleText(part)}${own[at] ?? ""}`)
    .join("");
}

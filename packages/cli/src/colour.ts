import type { Io } from "./io.ts";

/** Colour is said only where it means a state. */
export type Tone = "ok" | "warning" | "critical" | "muted";

const CODES: Readonly<Record<Tone, number>> = { ok: 32, warning: 33, critical: 31, muted: 2 };

/** Colours a text for a person at a terminal; plain for pipes and where NO_COLOR is set (https://no-color.org). */
export function colour(io: Pick<Io, "isTty" | "env">, tone: Tone, text: string): string {
  const isPlain = !io.isTty || (io.env["NO_COLOR"] ?? "") !== "";
  return isPlain ? text : `\u001b[${CODES[tone]}m${text}\u001b[0m`;
}

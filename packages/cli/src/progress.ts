import type { Io } from "./io.ts";

const BAR_COLUMNS = 30;

/**
 * A progress bar on the error stream, for people only: pipes and logs see nothing of it.
 * @param what what takes long, as `Reading logs`
 * @returns tells how much is done, 0..1; the bar goes away at 1
 */
export function progressOf(io: Pick<Io, "isTty" | "err">, what = ""): (share: number) => void {
  let shown: string | undefined;
  return (share) => {
    if (!io.isTty) return;
    const done = Math.min(1, Math.max(0, share));
    const bar = "=".repeat(Math.round(done * BAR_COLUMNS)).padEnd(BAR_COLUMNS);
    const line = `${what === "" ? "" : `${what} `}[${bar}] ${Math.round(done * 100)} %`;
    if (line === shown) return;
    // One line up, and empty it: `err` ends each text with a line break.
    const back = shown === undefined ? "" : "\u001b[1A\u001b[2K";
    // What is begun after the end is another bar: it must not draw over what was printed in between.
    shown = done < 1 ? line : undefined;
    if (done < 1) io.err(`${back}${line}`);
    else if (back !== "") io.err("\u001b[1A\u001b[2K\u001b[1A");
  };
}

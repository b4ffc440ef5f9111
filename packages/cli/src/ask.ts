import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "./io.ts";

/**
 * Asks a person at a terminal; what is typed for a secret is not shown.
 * @returns undefined where the input ends instead (Ctrl-D)
 * @throws UserError on Ctrl-C
 */
export async function ask(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  kind: "text" | "secret",
): Promise<string | undefined> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  output.write(`${question} `);
  const lines = createInterface({ input, output: kind === "secret" ? silent : output, terminal: true });
  let isInterrupted = false;
  lines.once("SIGINT", () => {
    isInterrupted = true;
    lines.close();
  });
  // The interface may end without an answer to the question, or with the question aborted.
  const ended = once(lines, "close").then(() => undefined);
  try {
    const answer = await Promise.race([lines.question("").catch(() => undefined), ended]);
    if (isInterrupted) throw new UserError("ended by Ctrl-C; what is done stays done");
    return answer?.trim();
  } finally {
    lines.close();
    if (kind === "secret") output.write("\n");
  }
}

import { spawn } from "node:child_process";

/** What a `monotask` command printed: of a runbook the sentence of each step, and everything. */
export interface CommandRun {
  readonly code: number;
  readonly sentences: ReadonlyMap<number, string>;
  readonly out: string;
}

/** Runs the built command as a person would, with the environment given. */
export async function runMonotask(
  bin: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandRun> {
  const child = spawn(process.execPath, [bin, ...words], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  const code = await new Promise<number>((resolve) => child.once("close", (ended) => resolve(ended ?? 1)));
  const sentences = new Map<number, string>();
  let step = 0;
  for (const line of out.split("\n")) {
    step = Number(/^(\d+)\. /.exec(line)?.[1] ?? step);
    if (line.startsWith("→ ")) sentences.set(step, line.slice(2));
  }
  return { code, sentences, out };
}

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Io } from "./io.ts";
import { TABLE_COLUMNS } from "./table.ts";

/** The real outside: this process, its folder and its terminal. */
export function nodeIo(): Io {
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    env: process.env,
    cwd: process.cwd(),
    isTty: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? TABLE_COLUMNS,
    now: Date.now,
    readFile: (path) => readFile(resolve(path), "utf8"),
    writeFile: async (path, text) => {
      await mkdir(dirname(resolve(path)), { recursive: true });
      await writeFile(resolve(path), text);
    },
    ask,
    fetch,
  };
}

async function ask(question: string, kind: "text" | "secret"): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  // What is typed for a secret is echoed into nothing.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stdout.write(`${question} `);
  const lines = createInterface({ input: process.stdin, output: kind === "secret" ? silent : process.stdout, terminal: true });
  try {
    return (await lines.question("")).trim();
  } finally {
    lines.close();
    if (kind === "secret") process.stdout.write("\n");
  }
}

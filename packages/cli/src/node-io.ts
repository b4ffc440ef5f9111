import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { createClock, parseClockSpec } from "@monotask/telemetry";
import { ask } from "./ask.ts";
import { INTERRUPTED } from "./io.ts";
import type { Io } from "./io.ts";
import { TABLE_COLUMNS } from "./table.ts";
import { terminalText } from "./terminal-text.ts";

/** Fails on what is not UTF-8 and keeps a byte order mark, so that a text written back is the same bytes. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The real outside: this process, its folder and its terminal. */
export function nodeIo(): Io {
  // On a local stack that runs faster than real time, the stack's clock.
  const clock = createClock(parseClockSpec(process.env["MONOTASK_CLOCK"] ?? ""));
  return {
    out: (text) => process.stdout.write(`${process.stdout.isTTY ? terminalText(text) : text}\n`),
    err: (text) => process.stderr.write(`${process.stderr.isTTY ? terminalText(text) : text}\n`),
    env: process.env,
    cwd: process.cwd(),
    isTty: process.stdout.isTTY === true,
    // Some terminals without a window, such as those of CI, say 0.
    columns: (process.stdout.columns ?? 0) > 0 ? process.stdout.columns : TABLE_COLUMNS,
    now: () => clock.now(),
    sleep: (ms) => interruptibleSleep(ms),
    readFile: async (path) => UTF8.decode(await readFile(resolve(path))),
    writeFile: async (path, text) => {
      await mkdir(dirname(resolve(path)), { recursive: true });
      await writeFile(resolve(path), text);
    },
    removeFile: async (path) => {
      await rm(resolve(path), { force: true });
      await rmdir(dirname(resolve(path))).catch(() => undefined); // not empty: it stays
    },
    filesIn,
    readBytes,
    ask: async (question, kind) => (process.stdin.isTTY ? ask(process.stdin, process.stdout, question, kind) : undefined),
    fetch,
    runProgram,
    runQuietly,
  };
}

async function filesIn(path: string): Promise<readonly string[] | undefined> {
  if (!(await stat(resolve(path)).then((found) => found.isDirectory()))) return undefined;
  const entries = await readdir(resolve(path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(process.cwd(), join(entry.parentPath, entry.name)))
    .sort();
}

async function* readBytes(path: string, onBytes?: (share: number) => void): AsyncIterable<Uint8Array> {
  const { size } = await stat(resolve(path));
  let read = 0;
  const file = createReadStream(resolve(path), { highWaterMark: 1 << 20 });
  file.on("data", (chunk) => {
    read += chunk.length;
    onBytes?.(size === 0 ? 1 : read / size);
  });
  const bytes: AsyncIterable<Buffer> = path.endsWith(".gz") ? file.pipe(createGunzip({ chunkSize: 1 << 18 })) : file;
  yield* bytes;
}

async function interruptibleSleep(ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      process.off("SIGINT", stop);
      resolve(true);
    }, ms);
    process.once("SIGINT", stop);
  });
}

async function runProgram(program: string, words: readonly string[]): Promise<number> {
  // This very command, whether it is on the PATH or not.
  const own = program === "monotask" ? process.argv[1] : undefined;
  const [file, args] = own === undefined ? [program, words] : [process.execPath, [own, ...words]];
  return exitCodeOf(spawn(file, args, { stdio: "inherit" }));
}

async function runQuietly(program: string, words: readonly string[]): Promise<{ code: number; said: string }> {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, CI: "true" } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  child.once("error", (error) => (said += error.message));
  return { code: await exitCodeOf(child), said };
}

/** Ctrl-C reaches a program by itself; this command stays to clean up behind it. */
async function exitCodeOf(child: ChildProcess): Promise<number> {
  let isInterrupted = false;
  const waits = (): void => void (isInterrupted = true);
  const stops = (): void => {
    isInterrupted = true;
    child.kill("SIGTERM");
  };
  process.on("SIGINT", waits).on("SIGTERM", stops);
  const code = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("close", (ended) => resolve(ended ?? 1));
  });
  process.off("SIGINT", waits).off("SIGTERM", stops);
  return isInterrupted ? INTERRUPTED : code;
}

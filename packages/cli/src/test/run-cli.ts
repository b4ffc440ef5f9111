import type { Io } from "../io.ts";
import { run } from "../program.ts";

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Every file after the run: what was there before and what was written. */
  readonly files: Readonly<Record<string, string>>;
}

export interface CliWorld {
  readonly env?: Io["env"];
  readonly files?: Readonly<Record<string, string>>;
  /** What the person answers, by the order of the questions; without answers nobody is there. */
  readonly answers?: readonly string[];
  readonly io?: Partial<Io>;
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: "ENOENT" });
}

/** An outside whose files are these, which it changes; nobody is there to answer. */
export function memoryIo(files: Record<string, string>): Io {
  return {
    out: () => undefined,
    err: () => undefined,
    env: {},
    cwd: "/project",
    isTty: false,
    columns: 80,
    now: () => Date.UTC(2026, 10, 24, 12),
    sleep: () => Promise.resolve(true),
    readFile: (path) => (files[path] === undefined ? Promise.reject(missing(path)) : Promise.resolve(files[path])),
    writeFile: async (path, text) => {
      files[path] = text;
    },
    removeFile: async (path) => {
      Reflect.deleteProperty(files, path);
    },
    filesIn: async (path) => {
      const inside = Object.keys(files).filter((file) => file.startsWith(`${path.replace(/\/$/, "")}/`));
      if (inside.length > 0) return inside.sort();
      if (files[path] === undefined) throw missing(path);
      return undefined;
    },
    readBytes: async function* (path) {
      if (files[path] === undefined) throw missing(path);
      yield Buffer.from(files[path]);
    },
    ask: () => Promise.resolve(undefined),
    fetch,
    runProgram: () => Promise.resolve(0),
    runQuietly: () => Promise.resolve({ code: 0, said: "" }),
  };
}

/** Runs one command as a user would, against files in memory and the real `fetch`. */
export async function runCli(argv: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const files: Record<string, string> = { ...world.files };
  const answers = [...(world.answers ?? [])];
  const code = await run(argv, {
    ...memoryIo(files),
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    env: world.env ?? {},
    ask: () => Promise.resolve(answers.shift()),
    ...world.io,
  });
  return { code, out: out.join("\n"), err: err.join("\n"), files };
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Everything it prints goes here, from an empty file on. */
  readonly logFile: string;
  readonly onLine?: (line: string) => void;
}

/** A process with all that it starts itself. */
export interface Child {
  /** Of the process group; undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves with how it ended, whoever ended it. Never rejects. */
  readonly ended: Promise<string>;
  /** The last lines it printed. */
  lastLines(): readonly string[];
  /** Ends the whole group at once, as a crash would. */
  kill(): void;
  /** Asks the whole group to end, waits, and then ends it for good. Resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a command as its own process group, so that a Ctrl-C reaches only the starter, which ends the group in order. However the
 * starter ends, the group ends with it.
 */
export function startChild({ command, args, cwd, env, logFile, onLine }: ChildOptions): Child {
  const group = spawn(process.execPath, [GUARD, command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const log = createWriteStream(logFile);
  const last: string[] = [];
  const readLine = (line: string): void => {
    log.write(`${line}\n`);
    last.push(line);
    if (last.length > LINES_KEPT) last.shift();
    onLine?.(line);
  };
  for (const stream of [group.stdout, group.stderr]) createInterface({ input: stream }).on("line", readLine);
  const ended = howItEnded(group).finally(() => {
    // What the process left behind in its group would hold our ports.
    signalGroup(group, "SIGKILL");
    log.end();
  });
  return {
    pid: group.pid,
    ended,
    lastLines: () => last,
    kill: () => signalGroup(group, "SIGKILL"),
    async stop() {
      signalGroup(group, "SIGINT");
      const isGone = await Promise.race([ended.then(() => true), wait(GRACE_MS, false, { ref: false })]);
      if (isGone) return;
      signalGroup(group, "SIGKILL");
      await ended;
    },
  };
}

const GUARD = join(import.meta.dirname, "guard.ts");
const LINES_KEPT = 30;
const GRACE_MS = 5_000;

async function howItEnded(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return signal === null ? `exit code ${code ?? "unknown"}` : signal;
  } catch (error) {
    return String(error);
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone, which is what was wanted.
  }
}

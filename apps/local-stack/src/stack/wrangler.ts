import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startChild, type Child } from "./child.ts";
import type { LocalApp } from "./configs.ts";
import { StackError } from "./stack-error.ts";

export interface WranglerOptions {
  readonly root: string;
  readonly stateDir: string;
  readonly logDir: string;
}

/**
 * Applies the D1 migrations of an app to its local databases.
 * @throws StackError with what wrangler said
 */
export async function applyMigrations(app: LocalApp, options: WranglerOptions): Promise<void> {
  for (const database of app.databases) {
    const child = wrangler(
      ["d1", "migrations", "apply", database, "--local", "-c", app.configFile, "--persist-to", options.stateDir],
      `migrations-${database}.log`,
      options,
    );
    const end = await child.ended;
    if (end !== "exit code 0") {
      throw new StackError(migrationFailure(database, end, child.lastLines(), options.stateDir));
    }
  }
}

/** SQLite's words for a file that it cannot read any more. */
const DAMAGED = /SQLITE_NOTADB|SQLITE_CORRUPT|file is not a database|malformed/;

/** Why migrations failed, for a person: a damaged file needs another step than a wrong statement. */
export function migrationFailure(database: string, end: string, lastLines: readonly string[], stateDir: string): string {
  if (lastLines.some((line) => DAMAGED.test(line))) {
    return `The databases in ${stateDir} are damaged (the first was met in ${database}). Start with --fresh, which forgets what is stored, or put back a copy of that folder.`;
  }
  return `The migrations of ${database} failed (${end}). wrangler said:\n${lastLines.join("\n")}`;
}

/**
 * Runs all workers in one wrangler: two processes would get "database is locked" from the shared state.
 * @param configFiles the first one gets the HTTP port
 * @throws StackError with what wrangler said when the workers do not come up
 */
export async function startWorkers(configFiles: readonly string[], port: number, options: WranglerOptions): Promise<Child> {
  // A wrangler that was killed has left its workers in there, and the new one would look for them at the dead one's address.
  rmSync(registryOf(options), { recursive: true, force: true });
  const child = wrangler(
    [
      "dev",
      ...configFiles.flatMap((file) => ["-c", file]),
      ...["--persist-to", options.stateDir, "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"],
      "--show-interactive-dev-session=false",
    ],
    "wrangler.log",
    options,
  );
  let end: string | undefined;
  void child.ended.then((how) => (end = how));
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await isUp(port))) {
    if (end !== undefined) throw new StackError(`wrangler ended while starting (${end}).\n${child.lastLines().join("\n")}`);
    if (Date.now() > deadlineMs) {
      await child.stop();
      throw new StackError(`The workers did not come up within ${START_TIMEOUT_MS / 1000} s.\n${child.lastLines().join("\n")}`);
    }
    await wait(100);
  }
  return child;
}

const START_TIMEOUT_MS = 90_000;
/** wrangler takes connections before it can answer. */
const PATIENCE_MS = 3_000;

/** The account is never asked for, and nothing is fetched from the network. */
const OFFLINE = {
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  CI: "true",
};

function registryOf({ stateDir }: WranglerOptions): string {
  return join(stateDir, "registry");
}

function wrangler(args: readonly string[], logName: string, options: WranglerOptions): Child {
  const { root, logDir } = options;
  return startChild({
    command: process.execPath,
    args: [join(root, "node_modules/wrangler/bin/wrangler.js"), ...args],
    cwd: root,
    // A registry of its own: workers of the same names in another checkout that runs are not these.
    env: { ...OFFLINE, WRANGLER_REGISTRY_PATH: registryOf(options) },
    logFile: join(logDir, logName),
  });
}

async function isUp(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/__front`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A reason for not starting, in words for the person at the terminal. */
export class StartError extends Error {
  override name = "StartError";
}

/** Names the folder as ours, so that we never unpack a database into somebody's project. */
const markerFile = "analytics-engine-local.json";
const formatVersion = 1;

/**
 * Makes the folder if it is missing and makes sure that it is ours, readable and free.
 * @returns its absolute path
 * @throws {StartError} that names the folder and the fix
 */
export function prepareDataFolder(path: string): string {
  const folder = resolve(path);
  const entries = entriesOf(folder);
  const holder = processHolding(folder);
  if (holder !== undefined) throw new StartError(inUse(folder, `process ${holder}`));
  if (!entries.includes(markerFile)) {
    if (entries.length > 0)
      throw new StartError(`${folder} holds files of something else; choose an empty or new folder with --data`);
    attempt(`write to ${folder}`, () => writeFileSync(join(folder, markerFile), JSON.stringify({ formatVersion }) + "\n"));
    return folder;
  }
  checkMarker(folder);
  const unreadable = definitionFiles(folder).find((file) => !/^(?:ATTACH|CREATE) /.test(textOf(file) ?? ""));
  if (unreadable !== undefined) throw new StartError(`${damaged(folder)} (${unreadable} is no table definition)`);
  return folder;
}

/** ClickHouse keeps tables in store/<3 letters>/<id>/<table>.sql and databases in metadata; it ends in a stack of text if one is bad. */
function definitionFiles(folder: string): string[] {
  const inside = (path: string): string[] => {
    try {
      return readdirSync(path).map((name) => join(path, name));
    } catch {
      return [];
    }
  };
  const tables = inside(join(folder, "store")).flatMap(inside);
  return [join(folder, "metadata"), ...tables].flatMap(inside).filter((file) => file.endsWith(".sql"));
}

/** What to say when ClickHouse could not open the folder and gave no reason. */
export function whyNotOpened(folder: string): string {
  const holder = /^PID: (\d+)/.exec(textOf(join(folder, "status")) ?? "")?.[1];
  return holder === undefined
    ? `${damaged(folder)} (ClickHouse could not open it)`
    : inUse(folder, `process ${holder} or another one`);
}

/** What to say when the folder's contents cannot be read. */
export function damaged(folder: string): string {
  return `the data in ${folder} is damaged; delete the folder (its points are lost) or choose another one with --data`;
}

function inUse(folder: string, holder: string): string {
  return `${folder} is in use by ${holder}; stop it, or choose another folder with --data (one process per folder)`;
}

function entriesOf(folder: string): string[] {
  attempt(`create ${folder}`, () => mkdirSync(folder, { recursive: true }));
  return attempt(`read ${folder}`, () => readdirSync(folder));
}

function checkMarker(folder: string): void {
  let version: unknown;
  try {
    const marker: unknown = JSON.parse(readFileSync(join(folder, markerFile), "utf8"));
    version = typeof marker === "object" && marker !== null ? Reflect.get(marker, "formatVersion") : undefined;
  } catch {
    throw new StartError(`${damaged(folder)} (${markerFile} cannot be read)`);
  }
  if (version !== formatVersion) {
    throw new StartError(
      `${folder} was written in format ${JSON.stringify(version)}, this version reads ${formatVersion}; choose another folder with --data`,
    );
  }
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    const why =
      code === "EEXIST" || code === "ENOTDIR"
        ? "a file is in the way"
        : code === "EACCES" || code === "EPERM"
          ? "no permission"
          : String(code ?? error);
    throw new StartError(`cannot ${what}: ${why}; choose another folder with --data`);
  }
}

/**
 * The process that has ClickHouse's lock file of this folder open. Only Linux tells; elsewhere ClickHouse's own lock decides.
 * The lock itself cannot be asked from Node, and ClickHouse gives no reason for a failure.
 */
function processHolding(folder: string): number | undefined {
  const pid = Number(/^PID: (\d+)/.exec(textOf(join(folder, "status")) ?? "")?.[1]);
  if (!Number.isSafeInteger(pid) || pid === process.pid) return undefined;
  try {
    const lockFile = statSync(join(folder, "status"));
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      if (!readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith("/status")) continue;
      const open = statSync(`/proc/${pid}/fd/${fd}`);
      if (open.ino === lockFile.ino && open.dev === lockFile.dev) return pid;
    }
  } catch {
    // no /proc, another user's process, or it has just ended
  }
  return undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { UserError } from "../io.ts";
import { digestDatabase, dumpDatabase, requireUnused, restoreDatabase } from "./sqlite-dump.ts";
import type { TableDigest } from "./sqlite-dump.ts";

export interface DrilledDatabase {
  /** Path below the state folder. */
  readonly file: string;
  /** `D1`, or the class of the Durable Object. */
  readonly what: string;
  readonly tables: readonly TableDigest[];
  readonly isSame: boolean;
}

/** An export's name behind its database's. */
const EXPORT_ENDING = ".export.json";

/** Where wrangler keeps D1 databases and Durable Objects below its state folder. */
const KINDS: readonly (readonly [string, (path: string) => string])[] = [
  [join("v3", "d1"), () => "D1"],
  [join("v3", "do"), (path) => path.split(/[\\/]/)[2]?.replace(/^.*-/, "") ?? "Durable Object"],
];

/**
 * Exports every database of a local state folder to SQL, moves the folder away, imports the exports into an empty one and compares table by
 * table. If anything differs, or anything fails, the old state is put back; after a kill the next drill does that first.
 * @param exportDir where the SQL stays afterwards
 * @param onProgress hears how much is done, 0..1
 * @throws UserError for an export folder that holds anything else, before anything is touched
 */
export async function drillRestore(
  stateDir: string,
  exportDir: string,
  onProgress: (share: number) => void = () => undefined,
): Promise<DrilledDatabase[]> {
  await requireOwnFolder(exportDir, stateDir);
  const aside = `${stateDir}.before-drill`;
  for (const { file } of await databasesIn(stateDir)) requireUnused(join(stateDir, file));
  await putBackAfterKill(aside, stateDir);
  const databases = await databasesIn(stateDir);
  if (databases.length === 0) return [];
  const before = new Map<string, TableDigest[]>();
  await rm(exportDir, { recursive: true, force: true });
  for (const [at, { file }] of databases.entries()) {
    onProgress(at / (2 * databases.length));
    before.set(file, digestDatabase(join(stateDir, file)));
    await mkdir(dirname(join(exportDir, file)), { recursive: true });
    await writeFile(`${join(exportDir, file)}${EXPORT_ENDING}`, JSON.stringify(dumpDatabase(join(stateDir, file))));
  }
  await rename(stateDir, aside);
  try {
    const results: DrilledDatabase[] = [];
    for (const [at, { file, what }] of databases.entries()) {
      onProgress((databases.length + at) / (2 * databases.length));
      await mkdir(dirname(join(stateDir, file)), { recursive: true });
      restoreDatabase(
        join(stateDir, file),
        JSON.parse(await readFile(`${join(exportDir, file)}${EXPORT_ENDING}`, "utf8")) as string[],
      );
      const tables = digestDatabase(join(stateDir, file));
      results.push({ file, what, tables, isSame: JSON.stringify(tables) === JSON.stringify(before.get(file)) });
    }
    if (results.every(({ isSame }) => isSame)) await keepTheRest(aside, stateDir, new Set(databases.map(({ file }) => file)));
    else await putBack(aside, stateDir);
    return results;
  } catch (error) {
    await putBack(aside, stateDir);
    throw error;
  }
}

/** The export folder is emptied, so it must hold earlier exports only, and lie apart from the state. */
async function requireOwnFolder(exportDir: string, stateDir: string): Promise<void> {
  if (isInside(exportDir, stateDir) || isInside(stateDir, exportDir))
    throw new UserError(
      `the exports cannot go to ${exportDir}: it must lie apart from the state in ${stateDir}; name another with --export`,
    );
  const other = (await filesBelow(exportDir)).find((file) => !file.endsWith(EXPORT_ENDING));
  if (other !== undefined)
    throw new UserError(
      `${exportDir} holds ${other}, which is no export, and the drill empties the folder; name a folder of its own with --export`,
    );
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!/^\.\.(?:[\\/]|$)/.test(way) && !/^([\\/]|[A-Za-z]:)/.test(way));
}

/** A drill that was killed has left every database as it was in there, and maybe the rest; what it made in their place goes. */
async function putBackAfterKill(aside: string, stateDir: string): Promise<void> {
  const files = await filesBelow(aside);
  for (const file of files.filter((path) => path.endsWith(".sqlite")))
    for (const ending of ["", "-journal", "-wal", "-shm"]) await rm(join(stateDir, `${file}${ending}`), { force: true });
  for (const file of files) {
    await mkdir(dirname(join(stateDir, file)), { recursive: true });
    await rename(join(aside, file), join(stateDir, file));
  }
  await rm(aside, { recursive: true, force: true });
}

/** Paths of the files in a folder, from there; none where there is no folder. @throws UserError where it is a file */
async function filesBelow(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) throw new UserError(`${folder} is a file, not a folder`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function putBack(aside: string, stateDir: string): Promise<void> {
  await rm(stateDir, { recursive: true, force: true });
  await rename(aside, stateDir);
}

/** KV, R2 and caches are not part of the drill: they come back as they were. */
async function keepTheRest(aside: string, stateDir: string, drilled: ReadonlySet<string>): Promise<void> {
  for (const path of await filesBelow(aside)) {
    if ([...drilled].some((database) => path === database || path.startsWith(`${database}-`))) continue;
    await mkdir(dirname(join(stateDir, path)), { recursive: true });
    await rename(join(aside, path), join(stateDir, path));
  }
  await rm(aside, { recursive: true, force: true });
}

async function databasesIn(stateDir: string): Promise<{ file: string; what: string }[]> {
  const found = await Promise.all(
    KINDS.map(async ([folder, whatOf]) => {
      const files = await readdir(join(stateDir, folder), { recursive: true }).catch(() => []);
      return files
        .filter((file) => file.endsWith(".sqlite"))
        .sort()
        .map((file) => ({ file: join(folder, file), what: whatOf(join(folder, file)) }));
    }),
  );
  return found.flat();
}

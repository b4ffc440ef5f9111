import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestDatabase, dumpDatabase, restoreDatabase } from "./sqlite-dump.ts";
import type { TableDigest } from "./sqlite-dump.ts";

export interface DrilledDatabase {
  /** Path below the state folder. */
  readonly file: string;
  /** `D1`, or the class of the Durable Object. */
  readonly what: string;
  readonly tables: readonly TableDigest[];
  readonly isSame: boolean;
}

/** Where wrangler keeps D1 databases and Durable Objects below its state folder. */
const KINDS: readonly (readonly [string, (path: string) => string])[] = [
  [join("v3", "d1"), () => "D1"],
  [join("v3", "do"), (path) => path.split(/[\\/]/)[2]?.replace(/^.*-/, "") ?? "Durable Object"],
];

/**
 * Exports every database of a local state folder to SQL, moves the folder away, imports the exports into an empty one and compares table by
 * table. If anything differs, or anything fails, the old state is put back.
 * @param exportDir where the SQL stays afterwards
 * @param onProgress hears how much is done, 0..1
 */
export async function drillRestore(
  stateDir: string,
  exportDir: string,
  onProgress: (share: number) => void = () => undefined,
): Promise<DrilledDatabase[]> {
  const databases = await databasesIn(stateDir);
  const before = new Map<string, TableDigest[]>();
  await rm(exportDir, { recursive: true, force: true });
  for (const [at, { file }] of databases.entries()) {
    onProgress(at / (2 * databases.length));
    before.set(file, digestDatabase(join(stateDir, file)));
    await mkdir(dirname(join(exportDir, file)), { recursive: true });
    await writeFile(`${join(exportDir, file)}.json`, JSON.stringify(dumpDatabase(join(stateDir, file))));
  }
  const aside = `${stateDir}.before-drill`;
  await rm(aside, { recursive: true, force: true });
  await rename(stateDir, aside);
  try {
    const results: DrilledDatabase[] = [];
    for (const [at, { file, what }] of databases.entries()) {
      onProgress((databases.length + at) / (2 * databases.length));
      await mkdir(dirname(join(stateDir, file)), { recursive: true });
      restoreDatabase(join(stateDir, file), JSON.parse(await readFile(`${join(exportDir, file)}.json`, "utf8")) as string[]);
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

async function putBack(aside: string, stateDir: string): Promise<void> {
  await rm(stateDir, { recursive: true, force: true });
  await rename(aside, stateDir);
}

/** KV, R2 and caches are not part of the drill: they come back as they were. */
async function keepTheRest(aside: string, stateDir: string, drilled: ReadonlySet<string>): Promise<void> {
  for (const file of await readdir(aside, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name).slice(aside.length + 1);
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

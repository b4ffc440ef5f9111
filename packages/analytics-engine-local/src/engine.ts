import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "chdb";
import { damaged, prepareDataFolder, StartError, whyNotOpened } from "./data-folder.ts";
import { columns, createTableStatement, insertedColumns } from "./table.ts";

/** Where the points live: gone with the process, or in a folder that survives it. */
export type DataPlace = { readonly kind: "memory" } | { readonly kind: "folder"; readonly path: string };

/** ClickHouse with one table per dataset. Every call runs on the thread pool, so the event loop stays free. */
export interface Engine {
  /** Points stored per dataset, kept up to date by `insert`. */
  readonly points: ReadonlyMap<string, number>;
  /** Runs a read on a connection that cannot write; the caller has checked the statement. */
  read(sql: string, format: string): Promise<Uint8Array>;
  /** Adds rows (lines of TabSeparated); resolves when a kill of this process no longer loses them. */
  insert(dataset: string, rows: string, count: number): Promise<void>;
  close(): Promise<void>;
}

/** What ClickHouse said, without its wrapping. `code` is ClickHouse's error number. */
export class EngineError extends Error {
  override name = "EngineError";
  readonly code: number | undefined;
  constructor(message: string, code: number | undefined) {
    super(message);
    this.code = code;
  }
}

/**
 * Opens ClickHouse in this process.
 * @throws {StartError} when the folder is damaged, not ours, or in use
 */
export async function openEngine(place: DataPlace): Promise<Engine> {
  const home = openHome(place);
  // 178 MB of native library: only loaded once the folder is known to be good.
  const { drainPending, Session } = await import("chdb");
  const database = place.kind === "folder" ? "datasets" : `datasets_${(engineCount += 1)}`;
  const points = new Map<string, number>();
  const readers: Reader[] = [];
  let opened: Session | undefined;
  try {
    const connect = (): Session => {
      try {
        return new Session(home.path, { connectionArgs });
      } catch {
        throw new StartError(whyNotOpened(home.path));
      }
    };
    opened = connect();
    await opened.queryAsync(`CREATE DATABASE IF NOT EXISTS ${database}`);
    for (let i = 0; i < readerCount; i += 1) readers.push(await openReader(connect(), database));
    for (const [dataset, count] of await countPoints(opened, database)) points.set(dataset, count);
  } catch (error) {
    for (const session of [...readers.map((reader) => reader.session), opened]) session?.close();
    await drainPending();
    home.release();
    if (error instanceof StartError) throw error;
    throw place.kind === "folder"
      ? new StartError(`${damaged(home.path)} (${asEngineError(error).message})`)
      : asEngineError(error);
  }

  const writer = opened;
  const made = new Map<string, Promise<unknown>>();
  let turn = 0;
  return {
    points,
    async read(sql, format) {
      const reader = readers[(turn = (turn + 1) % readers.length)];
      if (reader === undefined) throw new EngineError("the engine is closed", undefined);
      return reader.run(sql, format);
    },
    async insert(dataset, rows, count) {
      try {
        await once(made, dataset, () => writer.queryAsync(createTableStatement(database, dataset)));
        await writer.queryAsync(`${insertInto(database, dataset)}\n${rows}`);
        points.set(dataset, (points.get(dataset) ?? 0) + count);
      } catch (error) {
        throw asEngineError(error);
      }
    },
    async close() {
      await Promise.all(readers.map((reader) => reader.idle()));
      if (place.kind === "memory") await writer.queryAsync(`DROP DATABASE IF EXISTS ${database}`).catch(() => undefined);
      for (const session of [...readers.splice(0).map((reader) => reader.session), writer]) session.close();
      await drainPending();
      home.release();
    },
  };
}

let engineCount = 0;

/** The rows follow as text: chdb's own `insert()` takes no table with a dash in its name. */
function insertInto(database: string, dataset: string): string {
  const names = insertedColumns.map((column) => `\`${column}\``).join(", ");
  return `INSERT INTO \`${database}\`.\`${dataset}\` (${names}) SETTINGS input_format_tsv_empty_as_default = 1 FORMAT TabSeparated`;
}

/** Two readers: one long query does not hold up the next, and half of libuv's four threads stay free. */
const readerCount = 2;

/** Server settings that make ClickHouse answer the way Analytics Engine does. */
const connectionArgs = [
  "--session_timezone=Etc/UTC",
  // The harder form for readers: ClickHouse's documented default for JSON, which Analytics Engine's examples show.
  "--output_format_json_quote_64bit_integers=1",
  "--output_format_write_statistics=0",
];

interface Reader {
  readonly session: Session;
  run(sql: string, format: string): Promise<Uint8Array>;
  /** Resolves when nothing is running or waiting here. */
  idle(): Promise<void>;
}

/** A connection that may only read: `readonly = 1` refuses writes, DDL, settings and the table functions that reach outside. */
async function openReader(session: Session, database: string): Promise<Reader> {
  await session.queryAsync(`USE ${database}`);
  await session.queryAsync(`SET max_execution_time = 30`);
  await session.queryAsync(`SET enable_positional_arguments = 0`);
  await session.queryAsync(`SET readonly = 1`);
  // One statement at a time per connection.
  let last: Promise<unknown> = Promise.resolve();
  return {
    session,
    run(sql, format) {
      const answer = last.then(async () => {
        try {
          return (await session.queryAsync(sql, { format })).bytes();
        } catch (error) {
          throw asEngineError(error);
        }
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    async idle() {
      await last;
    },
  };
}

/** Counts the points of each dataset; fails if a table or a part of one could not be loaded. */
async function countPoints(session: Session, database: string): Promise<Map<string, number>> {
  const rows = async (sql: string): Promise<string[][]> => {
    const text = (await session.queryAsync(sql, { format: "TabSeparatedRaw" })).text();
    return text.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
  };
  const broken = await rows(
    `SELECT table, name FROM system.detached_parts WHERE database = '${database}' AND reason LIKE 'broken%'`,
  );
  if (broken.length > 0)
    throw new EngineError(`${broken.length} damaged parts in ${[...new Set(broken.map((row) => row[0]))].join(", ")}`, undefined);
  const counts = new Map<string, number>();
  for (const [table = ""] of await rows(`SHOW TABLES FROM ${database}`)) {
    const found = await rows(
      `SELECT groupArray(name) = [${columns.map((column) => `'${column}'`).join(", ")}] FROM (SELECT name FROM system.columns WHERE database = '${database}' AND table = '${table}' ORDER BY position)`,
    );
    if (found[0]?.[0] !== "1") throw new EngineError(`table ${table} has other columns than a dataset`, undefined);
    const [[count = "0"] = []] = await rows(`SELECT count() FROM ${database}.\`${table}\``);
    counts.set(table, Number(count));
  }
  return counts;
}

interface Home {
  readonly path: string;
  /** To be called when every connection is closed and drained. */
  release(): void;
}

/** chdb serves one folder per process, so all in-memory engines of a process share one temporary folder. */
let open: { path: string; users: number; temporary: boolean } | undefined;

function openHome(place: DataPlace): Home {
  const wanted = place.kind === "folder" ? prepareDataFolder(place.path) : undefined;
  if (open !== undefined && (wanted !== undefined || !open.temporary)) {
    throw new StartError(
      `this process already has ${open.temporary ? "an in-memory engine" : open.path} open, and ClickHouse serves one data folder per process; close the first one, or start this one in a process of its own`,
    );
  }
  const home = (open ??= {
    path: wanted ?? mkdtempSync(join(tmpdir(), "analytics-engine-local-")),
    users: 0,
    temporary: wanted === undefined,
  });
  home.users += 1;
  if (home.users === 1 && home.temporary) process.once("exit", removeTemporary);
  return {
    path: home.path,
    release() {
      home.users -= 1;
      if (home.users > 0) return;
      if (home.temporary) removeTemporary();
      open = undefined;
    },
  };
}

function removeTemporary(): void {
  process.removeListener("exit", removeTemporary);
  if (open?.temporary === true) rmSync(open.path, { recursive: true, force: true });
}

function once(made: Map<string, Promise<unknown>>, key: string, make: () => Promise<unknown>): Promise<unknown> {
  const known = made.get(key);
  if (known !== undefined) return known;
  const making = make().catch((error: unknown) => {
    made.delete(key);
    throw error;
  });
  made.set(key, making);
  return making;
}

/** `Query failed: Code: 47. DB::Exception: text: In scope SELECT …. (NAME)` → text and 47. */
function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const raw = error instanceof Error ? error.message : String(error);
  const code = /Code: (\d+)\./.exec(raw)?.[1];
  const text = raw
    .replace(/^Query failed: /, "")
    .replace(/^(?:Code: \d+\. )?(?:DB::Exception: )+/, "")
    .replace(/(?::|\.)? In (?:scope|query) [\s\S]*$/, "")
    // Callers know datasets by their bare names.
    .replace(/\bdatasets(?:_\d+)?\./g, "")
    .replace(/(?: \(version [^)]*\))?\.? \([A-Z_]+\)\s*$/, "");
  return new EngineError(text.trim(), code === undefined ? undefined : Number(code));
}

import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../test/run-cli.ts";
import type { CliRun } from "../test/run-cli.ts";
import { dumpDatabase } from "./sqlite-dump.ts";

const DATABASE = "v3/do/evaluator-AlertManager/abc.sqlite";

let cwd: string;
let file: string;
let dump: string[];

/** The state folder of a stopped stack: one database, and a KV entry. */
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "monotask-drill-"));
  file = join(cwd, "state", DATABASE);
  await mkdir(join(cwd, "state/v3/do/evaluator-AlertManager"), { recursive: true });
  await mkdir(join(cwd, "state/v3/kv"), { recursive: true });
  await writeFile(join(cwd, "state/v3/kv/cooldown"), "kept");
  const database = new DatabaseSync(file);
  database.exec(
    "CREATE TABLE alerts (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT, data BLOB, ratio REAL); CREATE INDEX by_body ON alerts (body);",
  );
  database
    .prepare("INSERT INTO alerts (body, data, ratio) VALUES (?, ?, ?)")
    .run('it\'s\n"acknowledged" é', new Uint8Array([0, 255, 39]), 0.1 + 0.2);
  database.exec("INSERT INTO alerts (body) VALUES (NULL); DELETE FROM alerts WHERE body IS NULL");
  database.close();
  dump = dumpDatabase(file);
});

afterEach(() => rm(cwd, { recursive: true, force: true }));

function drill(...words: string[]): Promise<CliRun> {
  return runCli(["drill", "restore", ...words], { io: { cwd } });
}

async function expectSameState(): Promise<void> {
  expect(dumpDatabase(file)).toEqual(dump);
  expect(await readFile(join(cwd, "state/v3/kv/cooldown"), "utf8")).toBe("kept");
}

describe("monotask drill restore", () => {
  it("exports, wipes and imports every store, and every row is the same; a second time too", async () => {
    for (const _time of [1, 2]) {
      const { code, out } = await drill("--state", "state", "--export", "out");
      expect(out).toMatch(/AlertManager +alerts +1 +same/);
      expect(out).toContain("1 store exported, wiped and restored, every row the same");
      expect(code).toBe(0);
      await expectSameState();
    }
  });

  it("puts the state back that a killed drill has left aside, and goes on", async () => {
    await rename(join(cwd, "state"), join(cwd, "state.before-drill"));
    await mkdir(join(cwd, "state/v3/do/evaluator-AlertManager"), { recursive: true });
    const half = new DatabaseSync(file);
    half.exec("CREATE TABLE alerts (id INTEGER PRIMARY KEY)");
    half.close();
    await writeFile(`${file}-journal`, "left by the kill");
    expect((await drill("--state", "state", "--export", "out")).code).toBe(0);
    await expectSameState();
  });

  it("touches nothing while a stack has the state open, though it does nothing with it", async () => {
    const running = new DatabaseSync(file);
    running.exec("PRAGMA journal_mode = WAL");
    running.prepare("SELECT count(*) FROM alerts").get();
    const { code, err } = await drill("--state", "state", "--export", "out");
    running.close();
    expect(err).toContain("state is in use: stop the stack first");
    expect(code).toBe(1);
    await expectSameState();
  });

  it.each([
    ["the project itself", ".", "it must lie apart from the state"],
    ["the state", "state", "it must lie apart from the state"],
    ["a folder in the state", "state/v3/exports", "it must lie apart from the state"],
    ["a folder with anything else in it", "src", "src holds index.ts, which is no export"],
    ["a file", "src/index.ts", "src/index.ts is a file, not a folder"],
  ])("empties nothing where the exports should go to %s", async (_what, folder, message) => {
    await mkdir(join(cwd, "src"));
    await writeFile(join(cwd, "src/index.ts"), "mine");
    const { code, err } = await drill("--state", "state", "--export", folder);
    expect(err).toContain(message);
    expect(code).toBe(1);
    expect(await readFile(join(cwd, "src/index.ts"), "utf8")).toBe("mine");
    await expectSameState();
  });

  it.each(["empty", "not-there"])("says where state is looked for when there is none: %s", async (folder) => {
    await mkdir(join(cwd, "empty"));
    const { code, err } = await drill("--state", folder);
    expect(err).toContain(`${folder} holds no database; name the folder with --state`);
    expect(code).toBe(1);
  });
});

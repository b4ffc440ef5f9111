import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StartError } from "./data-folder.ts";
import { startAnalyticsEngine, type AnalyticsEngineServer } from "./server.ts";

const scratch = mkdtempSync(join(tmpdir(), "analytics-engine-local-folder-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const open = (path: string): Promise<AnalyticsEngineServer> => startAnalyticsEngine({ port: 0, data: { kind: "folder", path } });
const inside = (root: string, name: string): string[] =>
  readdirSync(join(root, "store"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(name))
    .map((file) => join(root, "store", file));

describe("A data folder", () => {
  const folder = join(scratch, "new", "nested");
  beforeAll(async () => {
    const server = await open(folder);
    await server.write("m", [{ doubles: [1] }, { doubles: [2] }]);
    await server.write("dash-ed", [{}]);
    await server.close();
  });

  test("is made if it is missing, and has its points after a restart", async () => {
    const server = await open(folder);
    expect((await server.query("SELECT sum(double1) AS s FROM m")).data).toEqual([{ s: 3 }]);
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ ok: true, points: 3, datasets: ["dash-ed", "m"] });
    await server.write("m", [{ doubles: [3] }]);
    await server.close();
    const again = await open(folder);
    expect((await again.query("SELECT sum(double1) AS s FROM m")).data).toEqual([{ s: 6 }]);
    await again.close();
  });

  test.each([
    ["a cut part", (root: string) => inside(root, "data.bin").forEach((file) => truncateSync(file, 10))],
    ["changed checksums", (root: string) => inside(root, "checksums.txt").forEach((file) => writeFileSync(file, "junk"))],
    ["a lost table definition", (root: string) => inside(root, "m.sql").forEach((file) => writeFileSync(file, "junk"))],
    ["a lost database definition", (root: string) => writeFileSync(join(root, "metadata", "datasets.sql"), "junk")],
    ["an unreadable marker", (root: string) => writeFileSync(join(root, "analytics-engine-local.json"), "junk")],
  ])("with %s is refused as damaged, with the fix", async (name, damage) => {
    const root = join(scratch, name.replaceAll(" ", "-"));
    cpSync(folder, root, { recursive: true });
    damage(root);
    const opening = open(root);
    await expect(opening).rejects.toThrow(StartError);
    await expect(opening).rejects.toThrow(/is damaged; delete the folder .* or choose another one with --data/);
  });

  test("of a later version is refused", async () => {
    const root = join(scratch, "later");
    mkdirSync(root);
    writeFileSync(join(root, "analytics-engine-local.json"), '{"formatVersion":99}');
    await expect(open(root)).rejects.toThrow("format 99");
  });

  test("of something else is left alone", async () => {
    const root = join(scratch, "foreign");
    mkdirSync(root);
    writeFileSync(join(root, "README.md"), "mine");
    await expect(open(root)).rejects.toThrow("holds files of something else");
    expect(readdirSync(root)).toEqual(["README.md"]);
    await expect(open(join(root, "README.md"))).rejects.toThrow("a file is in the way");
  });

  test("cannot be opened beside another one of the same process", async () => {
    const server = await open(folder);
    await expect(open(join(scratch, "second"))).rejects.toThrow("one data folder per process");
    await expect(open(folder)).rejects.toThrow("already has");
    await server.close();
  });
});

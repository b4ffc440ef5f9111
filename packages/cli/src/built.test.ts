import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseRunbook, wordsOf } from "@monotask/runbooks";
import { expect, it } from "vitest";
import { runCli } from "./test/run-cli.ts";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

it("the built command starts and names its groups", () => {
  const out = execFileSync(process.execPath, [BIN, "--help"], { encoding: "utf8" });
  for (const group of ["init", "doctor", "deploy", "query", "tail", "runbook", "d1", "drill", "logpush"])
    expect(out).toContain(`  ${group}`);
});

it("a Node that is too old is named in one line, before anything is loaded that it cannot load", () => {
  const older = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})`;
  const { stderr, status } = spawnSync(process.execPath, ["--import", older, BIN, "--help"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([1, "monotask: Node 22.13 or newer is needed, and this is 20.20.2: https://nodejs.org\n"]);
});

it("a reader that goes away ends the command without a stack", async () => {
  const child = spawn(process.execPath, [BIN, "runbook", "show", "high-error-rate"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const said = child.stderr.toArray();
  const [code] = (await once(child, "close")) as [number];
  expect((await said).join("")).toBe("");
  expect(code).toBe(141);
});

it("a program that a person ends with Ctrl-C is told from one that failed", async () => {
  const program = `import { nodeIo } from ${JSON.stringify(new URL("node-io.ts", import.meta.url).href)};
    const [loud, quiet] = ["console.log('up'); setInterval(() => {}, 1000)", "setInterval(() => {}, 1000)"];
    const quietly = nodeIo().runQuietly(process.execPath, ["-e", quiet]);
    console.log(await nodeIo().runProgram(process.execPath, ["-e", loud]), (await quietly).code);`;
  const words = ["--input-type=module", "-e", program];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said === "up\n" && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  }
  expect(said).toBe("up\n130 130\n");
});

const root = new URL("../../../", import.meta.url);
const runbooks = readdirSync(new URL("runbooks/", root)).map((file) => `runbooks/${file}`);
const steps = runbooks.flatMap((file) =>
  parseRunbook(readFileSync(new URL(file, root), "utf8"), file).runbook.steps.flatMap((step) =>
    step.type === "command" ? step.lines.filter((line) => line.startsWith("monotask ")) : [],
  ),
);
const pages = [
  ...readdirSync(new URL("docs/", root)).map((file) => `docs/${file}`),
  ...["packages", "apps"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root)).map((name) => `${folder}/${name}/README.md`),
  ),
  ...["README.md", "CONTRIBUTING.md"],
].filter((file) => file.endsWith(".md") && existsSync(new URL(file, root)));
/** Commands in code spans, in output (`Next: …`) and on lines of their own, without what stands behind them as a comment. */
const written = pages.flatMap((file) =>
  [
    ...readFileSync(new URL(file, root), "utf8").matchAll(
      /(?:`|^ *)(?:npx )?(monotask [a-z][^`\n#]*|@monotask\/cli [a-z][^`\n#]*)/gm,
    ),
  ].map(([, line = ""]) =>
    line
      .replace(/ {2,}.*/, "")
      .replace("@monotask/cli", "monotask")
      .trim(),
  ),
);

it.each([...new Set([...steps, ...written])])("a page may say: %s", async (line) => {
  const words = wordsOf(line).slice(1);
  const isWord = (word: string): boolean => !/^[-{<]/.test(word);
  const path = words.slice(0, words.every(isWord) ? words.length : words.findIndex((word) => !isWord(word)));
  const { out, code } = await runCli([...path, "--help"]);
  const [usage = ""] = out.split("\n");
  expect([code, usage]).toEqual([0, expect.stringContaining("Usage: monotask")]);
  // A group's help answers to a verb that it does not have.
  if (usage.includes("[command]")) expect(usage).toContain(`monotask ${path.join(" ")} `);
  for (const option of words.filter((word) => word.startsWith("--"))) expect(out).toContain(option);
});

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseRunbook, wordsOf } from "@monotask/runbooks";
import { expect, it } from "vitest";
import { runCli } from "./test/run-cli.ts";

it("the built command starts and names its groups", () => {
  const out = execFileSync(process.execPath, [fileURLToPath(new URL("../dist/bin.js", import.meta.url)), "--help"], {
    encoding: "utf8",
  });
  for (const group of ["init", "doctor", "deploy", "query", "tail", "runbook", "d1", "drill", "logpush"])
    expect(out).toContain(`  ${group}`);
});

const runbooks = new URL("../../../runbooks/", import.meta.url);
const commands = readdirSync(runbooks).flatMap((file) =>
  parseRunbook(readFileSync(new URL(file, runbooks), "utf8"), file).runbook.steps.flatMap((step) =>
    step.type === "command" ? step.lines.filter((line) => line.startsWith("monotask ")) : [],
  ),
);

it.each([...new Set(commands)])("a runbook may say: %s", async (line) => {
  const words = wordsOf(line).slice(1);
  const path = words.slice(0, Math.max(0, words.findIndex((word) => /^[-{]/.test(word)) + 1 || words.length + 1) - 1);
  const { out } = await runCli([...path, "--help"]);
  expect(out).toContain("Usage: monotask");
  for (const option of words.filter((word) => word.startsWith("--"))) expect(out).toContain(option);
});

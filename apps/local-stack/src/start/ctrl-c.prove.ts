import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const START = join(import.meta.dirname, "../start.ts");
const PORT_BASE = 12_000;

it("Ctrl-C ends everything, with exit code 0", async () => {
  const home = await mkdtemp(join(tmpdir(), "monotask-start-"));
  const words = [START, "--port-base", String(PORT_BASE), "--per-second", "0"];
  const child = spawn(process.execPath, words, {
    env: { ...process.env, MONOTASK_STACK_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let said = "";
  for await (const chunk of child.stdout) {
    const wasUp = said.includes("Ctrl-C ends everything");
    said += String(chunk);
    if (!wasUp && said.includes("Ctrl-C ends everything")) child.kill("SIGINT");
  }
  expect(await ended).toEqual([0, null]);
  expect(said).toContain("Everything has ended.");
  await rm(home, { recursive: true, force: true });
});

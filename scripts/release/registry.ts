import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../packages/cli/src/local/free-port.ts";

/** A package registry on this machine that asks nobody else and forgets everything. */
export interface Registry {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts verdaccio with an empty storage.
 * @param dir a folder of its own, for storage and configuration
 * @throws Error with what it printed when it does not answer
 */
export async function startRegistry(root: string, dir: string): Promise<Registry> {
  mkdirSync(dir, { recursive: true });
  const config = join(dir, "config.yaml");
  writeFileSync(
    config,
    [
      `storage: ${join(dir, "storage")}`,
      "uplinks: {}",
      "packages:",
      "  '**': { access: $anonymous, publish: $anonymous, unpublish: $anonymous }",
      "log: { type: stdout, format: pretty, level: warn }",
    ].join("\n"),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(
    process.execPath,
    [join(root, "node_modules/verdaccio/bin/verdaccio"), "--config", config, "--listen", `127.0.0.1:${port}`],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const ended = once(child, "exit").then(() => true);
  for (let tries = 0; !(await isUp(url)); tries += 1) {
    const isGone = await Promise.race([ended, wait(POLL_MS).then(() => false)]);
    if (isGone || tries > MOST_TRIES) throw new Error(`verdaccio does not answer at ${url}:\n${said}`);
  }
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const POLL_MS = 200;
const MOST_TRIES = 150;

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}-/ping`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

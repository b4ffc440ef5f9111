import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { startAnalyticsEngine } from "./server.ts";

const bin = new URL("./bin.ts", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "analytics-engine-local-cli-test-"));
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

interface Ready {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly accountId: string;
}

const launch = (...args: string[]): ChildProcess => {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
};

/** Starts the command and waits for its ready line. */
async function start(...args: string[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = launch("--json", "--port", "0", ...args);
  if (child.stdout === null) throw new Error("no output");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, ready: JSON.parse(line) as Ready };
}

/** Runs the command to its end. */
async function run(...args: string[]): Promise<{ code: unknown; output: string; errors: string[] }> {
  const child = launch(...args);
  let [output, errors] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output, errors: errors.split("\n").filter((line) => line !== "") };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

const write = (ready: Ready, dataset: string, body: string): Promise<Response> =>
  fetch(`${ready.url}/datasets/${dataset}/points`, { method: "POST", headers: { authorization: `Bearer ${ready.token}` }, body });

const count = async (ready: Ready, dataset: string): Promise<number> => {
  const url = `${ready.url}/client/v4/accounts/${ready.accountId}/analytics_engine/sql`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${ready.token}` },
    body: `SELECT count() AS n FROM ${dataset}`,
  });
  const answer = (await response.json()) as { data: { n: string }[] };
  return Number(answer.data[0]?.n);
};

describe("A data folder", () => {
  const folder = join(scratch, "kept");
  test("loses no acknowledged point to kill -9 in the middle of writing", async () => {
    const first = await start("--data", folder);
    let acknowledged = 0;
    const body = '{"indexes":["a"],"blobs":["x"],"doubles":[1]}\n'.repeat(20);
    const killed = new Promise<void>((resolve) => {
      const send = async (): Promise<void> => {
        for (;;) {
          const response = await write(first.ready, "m", body).catch(() => undefined);
          if (response?.status !== 200) return;
          acknowledged += 20;
          if (acknowledged === 1_000) first.child.kill("SIGKILL");
        }
      };
      void Promise.all(Array.from({ length: 8 }, send)).then(() => resolve());
    });
    await killed;

    const second = await start("--data", folder);
    const stored = await count(second.ready, "m");
    expect(acknowledged).toBeGreaterThanOrEqual(1_000);
    expect(stored).toBeGreaterThanOrEqual(acknowledged);
    // What was under way when the process died may be there too, whole bodies only.
    expect(stored - acknowledged).toBeLessThanOrEqual(8 * 20);
    expect(stored % 20).toBe(0);

    const opening = startAnalyticsEngine({ port: 0, data: { kind: "folder", path: folder } });
    await expect(opening).rejects.toThrow(new RegExp(`in use by process ${second.child.pid}; .*--data`));
    expect(await stop(second.child, "SIGTERM")).toBe(0);
  });
});

describe("The command", () => {
  test("prints one JSON line when ready, stamps with its clock and ends cleanly on SIGINT", async () => {
    const { child, ready } = await start(
      "--memory",
      "--token",
      "t",
      "--account",
      "acc",
      "--clock",
      '{"realMs":0,"virtualMs":1000000000000,"rate":0}',
    );
    expect(ready).toEqual({ url: `http://127.0.0.1:${ready.port}`, port: ready.port, token: "t", accountId: "acc" });
    await write(ready, "m", "{}");
    expect(await count(ready, "m WHERE timestamp = toDateTime(1000000000)")).toBe(1);
    expect(await stop(child, "SIGINT")).toBe(0);
  });

  test("ends with one line, and exit code 1 where it cannot start, 2 where a flag is wrong", async () => {
    expect(await run("--data", bin)).toMatchObject({
      code: 1,
      output: "",
      errors: [expect.stringContaining("a file is in the way")],
    });
    expect(await run("--bogus")).toMatchObject({
      code: 2,
      output: "",
      errors: [expect.stringContaining("Unknown option '--bogus'")],
    });
  });
});

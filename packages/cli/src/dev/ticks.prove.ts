import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../local/free-port.ts";
import { scheduledUrl } from "../local/ticker.ts";
import { frontWorker, tickUrl } from "./dev-workers.ts";

const WRANGLER = fileURLToPath(new URL("../../../../node_modules/wrangler/bin/wrangler.js", import.meta.url));
const EVALUATOR = "monotask-evaluator";
const AT_MS = Date.UTC(2026, 10, 24, 12);

const EVALUATOR_CODE = `let ticks = [];
export default {
  fetch: () => Response.json(ticks),
  scheduled(controller) {
    if (controller.cron !== "* * * * *") throw new Error("no such cron");
    ticks.push(controller.scheduledTime);
  },
};`;

const API_CODE = `let crons = [];
export default {
  fetch: () => Response.json(crons),
  scheduled: (controller) => void crons.push(controller.cron),
};`;

let dir: string;
let worker: string;
let evaluatorHost: string;
let stop: () => Promise<void>;

/** One wrangler as `monotask dev` runs it, on a registry in which a wrangler that was killed has left its evaluator. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "monotask-ticks-"));
  const port = await freePort();
  worker = `http://127.0.0.1:${port}`;
  evaluatorHost = `127.0.0.1:${port + 1}`;
  const front = frontWorker({ worker: "api", evaluator: EVALUATOR, apps: new Map([[port + 1, EVALUATOR]]) });
  const configs = await Promise.all([
    written("front", "front.js", front.code, front.config),
    written("api", "index.js", API_CODE, { name: "api" }),
    written("evaluator", "index.js", EVALUATOR_CODE, { name: EVALUATOR }),
  ]);
  const registry = join(dir, "registry");
  await mkdir(registry);
  const dead = { debugPortAddress: `127.0.0.1:${await freePort()}`, instanceId: "killed" };
  await writeFile(join(registry, EVALUATOR), JSON.stringify(dead));
  await utimes(join(registry, EVALUATOR), new Date(), new Date());

  const words = ["dev", ...configs.flatMap((config) => ["-c", config]), "--port", String(port), "--inspector-port", "0"];
  const child = spawn(process.execPath, [WRANGLER, ...words, "--ip", "127.0.0.1"], {
    cwd: dir,
    stdio: "ignore",
    env: { ...process.env, WRANGLER_REGISTRY_PATH: registry, CI: "true", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  while (
    !(await fetch(worker).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await wait(200);
}, 120_000);

afterAll(() => stop());

async function written(name: string, main: string, code: string, config: object): Promise<string> {
  const file = join(dir, name, "wrangler.json");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(join(dir, name, main), code);
  await writeFile(file, JSON.stringify({ main, compatibility_date: "2026-10-01", ...config }));
  return file;
}

async function tick(url: string, cron: string): Promise<string> {
  const body = JSON.stringify({ cron, scheduled_time: AT_MS });
  return (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })).text();
}

it("an evaluator is ticked though the registry holds a killed one of its name", async () => {
  expect(await tick(scheduledUrl(worker, EVALUATOR), "* * * * *")).toContain("unavailable");
  expect(JSON.parse(await tick(tickUrl({ worker }), "* * * * *"))).toMatchObject({ outcome: "ok" });
  const [answer] = (await once(get(worker, { headers: { host: evaluatorHost } }), "response")) as [IncomingMessage];
  const ticks = (await answer.toArray()).join("");
  expect(JSON.parse(ticks)).toEqual([AT_MS]);
});

it("a tick that throws is told as an exception", async () => {
  expect(JSON.parse(await tick(tickUrl({ worker }), "0 0 * * *"))).toMatchObject({ outcome: "exception" });
});

it("wrangler's own path for trying a cron reaches the developed worker", async () => {
  expect((await fetch(`${worker}/cdn-cgi/local/scheduled?cron=0+3+*+*+*`)).status).toBe(200);
  expect(await (await fetch(worker)).json()).toEqual(["0 3 * * *"]);
});

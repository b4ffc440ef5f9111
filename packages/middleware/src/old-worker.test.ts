import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// Workers of 2023 and of today in the real runtime, started with `workerd test`: in 2023 and without flags neither node:async_hooks nor
// process is there.

interface Bundler {
  build(options: object): Promise<{ outputFiles: { text: string }[] }>;
}

const resolver = createRequire(createRequire(join(import.meta.dirname, "../../../package.json")).resolve("wrangler"));

const WORKER = `
import { monitor } from "./src/index.ts";
const lines = [];
console.warn = (line) => void lines.push(JSON.parse(line).message);
console.error = () => undefined;
const points = [];
const bindings = {
  METRICS_SAMPLING_RATE: "1",
  ANALYTICS: { writeDataPoint: (point) => void points.push(point) },
  CACHE: new (class KvNamespace { async get() { return "hit"; } })(),
};
const monitored = monitor({
  async fetch(request, env) {
    await env.CACHE.get("key");
    if (request.url.endsWith("/fails")) throw new Error("no");
    return new Response("served");
  },
}, { workerName: "old" });
export default {
  async test(_controller, _env, ctx) {
    const answers = [];
    for (const path of ["/api/tasks/42", "/api/tasks/43", "/fails"]) {
      const request = new Request("https://old.test" + path);
      answers.push(await monitored.fetch(request, bindings, ctx).then((response) => response.text(), (error) => error.message));
    }
    const requests = points.filter(({ blobs }) => blobs[5] === "request");
    const errors = points.filter(({ blobs }) => blobs[5] === "error").length;
    const kvReads = requests.map(({ doubles }) => doubles[11]);
    const { isProcessMade } = globalThis;
    console.log("SEEN" + JSON.stringify({ answers, errors, isProcessMade, kvReads, lines, routes: requests.map(({ blobs }) => blobs[2] + " " + blobs[4]) }));
  },
};`;

/** Tells whether anybody has asked for `process`: a runtime makes it only then. */
const WATCH_PROCESS = `
globalThis.isProcessMade = false;
const given = globalThis.process;
if (given) Object.defineProperty(globalThis, "process", { get: () => ((globalThis.isProcessMade = true), given) });`;

interface Seen {
  readonly answers: string[];
  readonly routes: string[];
  readonly errors: number;
  readonly isProcessMade: boolean;
  readonly kvReads: number[];
  readonly lines: string[];
}

let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "old-worker-"));
  const { build } = resolver("esbuild") as Bundler;
  const { outputFiles } = await build({
    stdin: { contents: WORKER, resolveDir: join(import.meta.dirname, "..") },
    bundle: true,
    banner: { js: WATCH_PROCESS },
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    write: false,
  });
  writeFileSync(join(folder, "worker.js"), outputFiles[0]?.text ?? "");
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function seenWith(flags: string, compatibilityDate = "2023-03-01"): Seen {
  const config = join(folder, "config.capnp");
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "${compatibilityDate}",
  compatibilityFlags = [${flags}],
))]);`,
  );
  const { default: workerd } = resolver("workerd") as { default: string };
  const { stdout, stderr } = spawnSync(workerd, ["test", config], { encoding: "utf8" });
  const line = /SEEN(\{.*\})/.exec(`${stdout}${stderr}`)?.[1];
  if (line === undefined) throw new Error(`the worker did not come to its end: ${stdout}${stderr}`);
  return JSON.parse(line) as Seen;
}

const served = {
  answers: ["served", "served", "no"],
  routes: ["/api/tasks/:id 200", "/api/tasks/:id 200", "/fails 500"],
  errors: 1,
  isProcessMade: false,
};

describe("a worker with a compatibility date of 2023", () => {
  it("and no flags is served and counted, and told once which flag its bindings need", () => {
    const { lines, ...seen } = seenWith("");
    expect(seen).toEqual({ ...served, kvReads: [0, 0, 0] });
    expect(lines.filter((line) => line.includes("async_hooks"))).toEqual([
      expect.stringContaining("Add the compatibility flag nodejs_als or nodejs_compat"),
    ]);
  });

  it.each(["nodejs_als", "nodejs_compat"])("and the flag %s has its bindings measured, from the first request on", (flag) => {
    const { lines, ...seen } = seenWith(`"${flag}"`);
    expect(seen).toEqual({ ...served, kvReads: [1, 1, 1] });
    expect(lines.filter((line) => line.includes("async_hooks"))).toEqual([]);
  });
});

describe("a worker of today", () => {
  it.each(["", '"nodejs_compat"'])("with the flags [%s] has its bindings measured, and no process made for it", (flags) => {
    expect(seenWith(flags, "2026-10-01")).toMatchObject({ ...served, kvReads: [1, 1, 1] });
  });
});

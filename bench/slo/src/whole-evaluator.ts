import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { answerText, catalogueText, bigCatalogue } from "./inputs.ts";
import { percentile } from "./percentile.ts";

const ROOT = join(import.meta.dirname, "../../..");
const EVALUATOR = join(ROOT, "apps/evaluator");
const MINUTE_MS = 60_000;
/** The first ticks sum everything anew and run on cold code. */
const WARM_UP = 20;

interface Sandbox {
  readonly ready: Promise<unknown>;
  getWorker(): Promise<{
    scheduled(event: { scheduledTime: Date; cron: string }): Promise<{ outcome: string }>;
  }>;
  getD1Database(name: string): Promise<{ prepare(sql: string): { run(): Promise<unknown> } }>;
  dispose(): Promise<void>;
}

const requireWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));

export interface WholeTick {
  readonly slos: number;
  readonly p50CpuMs: number;
  readonly p95CpuMs: number;
}

/**
 * The CPU that one tick of the whole evaluator takes: the deployed bundle with every step of a tick, D1, AlertManager and the SQL API's answers,
 * in one workerd. Production counts the Worker alone, so the database and the platform's own plumbing make this an upper bound.
 */
export async function wholeTicks(slos: number, ticks: number): Promise<WholeTick> {
  const folder = mkdtempSync(join(tmpdir(), "bench-evaluator-"));
  const catalogue = bigCatalogue(slos);
  const startMinute = Math.floor(Date.now() / MINUTE_MS) - ticks - WARM_UP;
  let minute = startMinute;
  const sql = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const isMeasurement = text.includes("schemaVersion");
      response.setHeader("content-type", "application/json");
      response.end(
        isMeasurement ? answerText(catalogue, minute - 4, minute - 2) : JSON.stringify({ meta: [], data: [], rows: 0 }),
      );
    });
  });
  await new Promise<void>((resolve) => sql.listen(0, "127.0.0.1", resolve));
  const sqlUrl = `http://127.0.0.1:${(sql.address() as AddressInfo).port}/sql`;
  const sandbox = startSandbox(build(folder, catalogueText(slos)), sqlUrl);
  try {
    await sandbox.ready;
    await migrate(sandbox);
    const worker = await sandbox.getWorker();
    const pid = workerdOf(process.pid);
    const costs: number[] = [];
    for (let tick = 0; tick < ticks + WARM_UP; tick += 1, minute += 1) {
      const before = cpuMsOf(pid);
      const { outcome } = await worker.scheduled({
        scheduledTime: new Date(minute * MINUTE_MS),
        cron: "* * * * *",
      });
      if (outcome !== "ok") throw new Error(`a tick ended ${outcome}`);
      if (tick >= WARM_UP) costs.push(cpuMsOf(pid) - before);
    }
    return {
      slos,
      p50CpuMs: percentile(costs, 0.5),
      p95CpuMs: percentile(costs, 0.95),
    };
  } finally {
    await sandbox.dispose();
    sql.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The modules that `wrangler deploy` would upload, with another catalogue. */
function build(folder: string, slosYaml: string): { readonly name: string; readonly contents: string }[] {
  const wrangler = join(dirname(requireWrangler.resolve("wrangler/package.json")), "bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", folder, "-c", join(EVALUATOR, "wrangler.jsonc")];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, CI: "1" },
  });
  if (status !== 0) throw new Error(`the evaluator could not be built: ${stderr}`);
  const files = readdirSync(folder).filter((file) => !/README|\.map$/.test(file));
  for (const file of files) if (file.endsWith("-slos.yaml")) writeFileSync(join(folder, file), slosYaml);
  return files
    .sort((a, b) => Number(b === "index.js") - Number(a === "index.js"))
    .map((name) => ({
      name,
      contents: readFileSync(join(folder, name), "utf8"),
    }));
}

function startSandbox(modules: readonly { readonly name: string; readonly contents: string }[], sqlUrl: string): Sandbox {
  const { Miniflare, convertV4MiniflareOptions } = requireWrangler("miniflare") as {
    Miniflare: new (options: object) => Sandbox;
    convertV4MiniflareOptions: (options: object) => object;
  };
  const options = convertV4MiniflareOptions({
    modulesRoot: "/",
    modules: modules.map(({ name, contents }) => ({
      type: name.endsWith(".js") ? "ESModule" : "Text",
      path: `/${name}`,
      contents,
    })),
    compatibilityDate: "2026-10-01",
    bindings: {
      LOG_LEVEL: "error",
      ENVIRONMENT: "production",
      TEAM: "platform",
      ANALYTICS_DATASET: "monotask",
      ANALYTICS_SQL_URL: sqlUrl,
      ANALYTICS_API_TOKEN: "bench",
      MONOTASK_API_TOKEN: "bench",
    },
    analyticsEngineDatasets: { ANALYTICS: { dataset: "monotask" } },
    d1Databases: ["DB"],
    kvNamespaces: ["ALERT_COOLDOWN"],
    r2Buckets: ["DEAD_LETTER_BODIES", "REPORTS"],
    durableObjects: {
      ALERT_MANAGER: { className: "AlertManager", useSQLite: true },
      SANDBOX_REGISTRY: { className: "SandboxRegistry", useSQLite: true },
    },
  });
  return new Miniflare(options);
}

async function migrate(sandbox: Sandbox): Promise<void> {
  const database = await sandbox.getD1Database("DB");
  const folder = join(EVALUATOR, "migrations");
  for (const file of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, file), "utf8").replaceAll(/^--.*$/gm, "");
    for (const statement of text.split(";")) if (statement.trim() !== "") await database.prepare(statement).run();
  }
}

/** The runtime that this process started, itself or by a child: the one whose command is workerd. */
function workerdOf(ancestor: number): number {
  const parents = new Map<number, number>();
  const candidates: number[] = [];
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, "utf8")) ?? [];
      parents.set(Number(entry), Number(parent));
      if (/(^|\/)workerd\0serve/.test(readFileSync(`/proc/${entry}/cmdline`, "utf8"))) candidates.push(Number(entry));
    } catch {
      // It ended meanwhile.
    }
  }
  const found = candidates.find((pid) => {
    let above = parents.get(pid);
    while (above !== undefined && above !== ancestor) above = parents.get(above);
    return above === ancestor;
  });
  if (found === undefined) throw new Error("no workerd runs below this process");
  return found;
}

/** Run time of every thread (/proc/PID/task/TID/schedstat, first field, nanoseconds). */
function cpuMsOf(pid: number): number {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((sum, thread) => {
    try {
      return sum + Number(readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e6;
    } catch {
      return sum;
    }
  }, 0);
}

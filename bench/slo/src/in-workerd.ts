import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorker } from "../../overhead/src/workerd.ts";
import { percentile } from "./percentile.ts";

interface Bundler {
  build(options: object): Promise<{ outputFiles: { text: string }[] }>;
}

const resolver = createRequire(createRequire(import.meta.url).resolve("wrangler"));

export interface TickInWorkerd {
  readonly slos: number;
  /** CPU of the whole process for one tick, from the operating system, in milliseconds. */
  readonly p50CpuMs: number;
  readonly p95CpuMs: number;
  /** CPU of the thread that runs the isolate, which is what a Worker's limit counts. */
  readonly p50IsolateCpuMs: number;
  readonly p95IsolateCpuMs: number;
  /** Mean of an isolate's first 60 ticks, in which the engine compiles what it will run for hours. */
  readonly firstHourCpuMs: number;
}

/** CPU of one tick, in milliseconds. */
interface Cost {
  readonly processMs: number;
  readonly isolateMs: number;
}

const FIRST_HOUR_TICKS = 60;
/** The first ticks sum everything anew; compiling goes on beside the next hundred or so. */
const WARM_UP_TICKS = 120;

/** What a tick costs in workerd, by the CPU time that the operating system counts; a few ticks at a time, because one is short. */
export async function ticksInWorkerd(slos: number, samples: number, ticksAtOnce: number): Promise<TickInWorkerd> {
  const esbuild = resolver("esbuild") as Bundler;
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(import.meta.dirname, "tick-worker.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    write: false,
    logLevel: "error",
  });
  const folder = mkdtempSync(join(tmpdir(), "bench-slo-"));
  const worker = await startWorker("tick", outputFiles[0]?.text ?? "", 9, folder);
  try {
    const ask = async (path: string): Promise<void> => {
      await (await fetch(`http://127.0.0.1:${worker.port}${path}`)).text();
    };
    const cpuOf = async (): Promise<Cost> => {
      await ask(`/prepare?ticks=${ticksAtOnce}`);
      const before = [worker.cpuUs(), worker.isolateCpuUs()] as const;
      await ask("/run");
      const msEach = (fromUs: number, toUs: number): number => (toUs - fromUs) / 1_000 / ticksAtOnce;
      return { processMs: msEach(before[0], worker.cpuUs()), isolateMs: msEach(before[1], worker.isolateCpuUs()) };
    };
    await ask(`/catalogue?slos=${slos}`);
    const warmUp: Cost[] = [];
    for (let ticks = 0; ticks < WARM_UP_TICKS; ticks += ticksAtOnce) warmUp.push(await cpuOf());
    const costs: Cost[] = [];
    for (let sample = 0; sample < samples; sample += 1) costs.push(await cpuOf());
    const firstHour = warmUp.slice(0, Math.ceil(FIRST_HOUR_TICKS / ticksAtOnce));
    const [inProcess, inIsolate] = [costs.map(({ processMs }) => processMs), costs.map(({ isolateMs }) => isolateMs)];
    return {
      slos,
      p50CpuMs: percentile(inProcess, 0.5),
      p95CpuMs: percentile(inProcess, 0.95),
      p50IsolateCpuMs: percentile(inIsolate, 0.5),
      p95IsolateCpuMs: percentile(inIsolate, 0.95),
      firstHourCpuMs: firstHour.reduce((sum, { processMs }) => sum + processMs, 0) / firstHour.length,
    };
  } finally {
    worker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

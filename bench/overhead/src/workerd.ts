import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { workerConfig } from "./worker-config.ts";

const resolver = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const workerd: { default: string; version: string } = resolver("workerd") as { default: string; version: string };

export const workerdVersion: string = workerd.version;

/** One variant in a workerd of its own. */
export interface RunningWorker {
  readonly port: number;
  /** CPU that its threads have used, in microseconds, from the operating system. */
  cpuUs(): number;
  /** The same of the thread that runs the isolate alone: what Cloudflare counts as CPU time. Compiling and collecting garbage beside it is left out. */
  isolateCpuUs(): number;
  /** Resident memory in MiB. */
  residentMiB(): number;
  stop(): void;
}

export async function startWorker(name: string, code: string, sinkPort: number, folder: string): Promise<RunningWorker> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  writeFileSync(join(folder, `${name}.js`), code);
  writeFileSync(join(folder, `${name}.capnp`), workerConfig(`${name}.js`, { port, sinkPort }));
  const child = spawn(workerd.default, ["serve", "--experimental", join(folder, `${name}.capnp`)], { stdio: "ignore" });
  const { pid = 0 } = child;
  await listening(port, child);
  return {
    port,
    cpuUs: () => threadsOf(pid).reduce((sum, thread) => sum + threadCpuUs(pid, thread), 0),
    // workerd serves on its first thread.
    isolateCpuUs: () => threadCpuUs(pid, String(pid)),
    residentMiB: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024,
    stop: () => void child.kill("SIGKILL"),
  };
}

function threadsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`);
}

/** Run time of a thread (/proc/PID/task/TID/schedstat, first field, nanoseconds); 0 once it has ended. */
function threadCpuUs(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1000;
  } catch {
    return 0;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (child.exitCode !== null)
      throw new Error(`workerd ended with ${child.exitCode}: run it by hand on the .capnp file to see why`);
    try {
      await fetch(`http://127.0.0.1:${port}/noop`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  throw new Error(`workerd does not listen on ${port}`);
}

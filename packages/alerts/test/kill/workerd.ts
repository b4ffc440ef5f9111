import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync, mkdirSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A workerd process with AlertManager on a disk of its own: it can be killed and started again over the same storage. */
export interface Workerd {
  url: string;
  start(): Promise<void>;
  /** kill -9: nothing is flushed, nothing is closed. */
  kill(): Promise<void>;
  /** CPU time that the running process has used, in all its threads. Linux alone knows; elsewhere NaN. */
  cpuMs(): number;
}

/** Bundles the worker as a deploy would, and prepares a folder for it. */
export function prepareWorkerd(
  port: number,
  vars: Readonly<Record<string, string>>,
  config = join(import.meta.dirname, "wrangler.jsonc"),
): Workerd {
  const wrangler = dirname(createRequire(join(import.meta.dirname, "../../../../package.json")).resolve("wrangler/package.json"));
  const binary = (createRequire(join(wrangler, "package.json"))("workerd") as { default: string }).default;
  const folder = mkdtempSync(join(tmpdir(), "alerts-kill-"));
  const bundler = [join(wrangler, "bin/wrangler.js"), "deploy", "--dry-run", "--outdir", join(folder, "out"), "-c", config];
  const built = spawnSync("node", bundler);
  const bundle = built.status === 0 ? readdirSync(join(folder, "out")).find((name) => name.endsWith(".js")) : undefined;
  if (bundle === undefined) throw new Error(`the worker could not be bundled: ${String(built.stderr)}`);
  renameSync(join(folder, "out", bundle), join(folder, "worker.js"));
  mkdirSync(join(folder, "disk"));
  writeFileSync(join(folder, "config.capnp"), configText(port, join(folder, "disk"), vars));
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  return {
    url,
    async start() {
      child = spawn(binary, ["serve", "--experimental", join(folder, "config.capnp")], { stdio: "ignore" });
      await answers(url);
    },
    cpuMs: () => (child?.pid === undefined ? Number.NaN : cpuMsOf(child.pid)),

    async kill() {
      const running = child;
      if (running?.exitCode !== null || running.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => running.once("exit", () => resolve()));
      running.kill("SIGKILL");
      await ended;
    },
  };
}

/** Ticks of utime and stime, fields 14 and 15 of /proc/<pid>/stat; a tick is 10 ms. */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`workerd does not answer at ${url}`);
}

function configText(port: number, disk: string, vars: Readonly<Record<string, string>>): string {
  const bindings = Object.entries(vars).map(([name, text]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "disk", disk = (path = ${JSON.stringify(disk)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-07-28",
  compatibilityFlags = ["nodejs_compat"],
  durableObjectNamespaces = [(className = "AlertManager", uniqueKey = "alert-manager", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "ALERT_MANAGER", durableObjectNamespace = "AlertManager"), ${bindings.join(", ")}],
);
`;
}

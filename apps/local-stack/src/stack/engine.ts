import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClockSpec } from "@monotask/telemetry";
import { startChild, type Child } from "./child.ts";
import { LOCAL_CREDENTIALS } from "@monotask/cli/local";
import { StackError } from "./stack-error.ts";

export interface EngineOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly clock: ClockSpec;
  readonly logFile: string;
  readonly cwd: string;
}

/**
 * Starts the local Analytics Engine in its own process: its queries must not hold up the traffic of this one.
 * @throws StackError with its own words when it does not start
 */
export async function startEngine({ port, dataDir, clock, logFile, cwd }: EngineOptions): Promise<Child> {
  const bin = join(dirname(fileURLToPath(import.meta.resolve("@monotask/analytics-engine-local"))), "bin.js");
  let isReady = (): void => undefined;
  const ready = new Promise<true>((resolve) => (isReady = () => resolve(true)));
  const child = startChild({
    command: process.execPath,
    args: [
      bin,
      "--json",
      ...["--port", String(port)],
      ...["--data", dataDir],
      ...["--token", LOCAL_CREDENTIALS.analyticsToken],
      ...["--clock", JSON.stringify(clock)],
    ],
    cwd,
    logFile,
    onLine: (line) => {
      if (line.startsWith('{"url"')) isReady();
    },
  });
  const outcome = await Promise.race([ready, child.ended]);
  if (outcome === true) return child;
  throw new StackError(
    `The local Analytics Engine did not start (${outcome}): ${child.lastLines().join("\n") || `nothing was printed; was it built? (${bin})`}`,
  );
}

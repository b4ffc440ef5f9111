import type { Command } from "commander";
import { LOCAL_TOKEN } from "../analytics.ts";
import type { CommandContext } from "../command-context.ts";
import { devConfig, sinkWorker } from "../dev/dev-config.ts";
import { EXIT, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { readWranglerConfig } from "../wrangler-config/wrangler-config.ts";

interface DevOptions {
  readonly config?: string;
  readonly port: string;
  readonly sqlPort: string;
}

/** Beside the worker's own file, so that its relative paths hold. Removed at the end. */
const DEV_FILE = "wrangler.monotask-dev.json";
const SINK_FOLDER = ".monotask/dev";

/** `monotask dev` */
export function registerDev(program: Command, { io, done }: CommandContext): void {
  program
    .command("dev")
    .description("your worker on this machine, with a real Analytics Engine to ask; no account needed")
    .option("--config <file>", "the worker's configuration")
    .option("--port <n>", "port of the worker", "8787")
    .option("--sql-port <n>", "port of the Analytics Engine; query --local asks 8790", "8790")
    .addHelpText(
      "after",
      "\nExample: monotask dev, and in another terminal: monotask query --local --kind request --p95 duration --by endpoint\n\nExit codes: 0 ended by Ctrl-C, 1 did not start, 2 wrong usage",
    )
    .action(async (options: DevOptions) => done(await dev(io, options)));
}

async function dev(io: Io, options: DevOptions): Promise<number> {
  const { data } = await readWranglerConfig(io, options.config);
  const engine = await startEngine(options);
  const sink = sinkWorker(engine.url, LOCAL_TOKEN);
  await io.writeFile(`${SINK_FOLDER}/sink.js`, sink.code);
  await io.writeFile(`${SINK_FOLDER}/wrangler.json`, JSON.stringify(sink.config));
  await io.writeFile(DEV_FILE, JSON.stringify(devConfig(data), undefined, 2));
  io.out(
    `Worker    http://127.0.0.1:${options.port}\nAnalytics ${engine.url}\nAsk it:   monotask query --local --kind request --p95 duration --by endpoint\nAlerts go straight to the channels here: AlertManager comes with monotask deploy.\n`,
  );
  try {
    return (await io.runProgram("npx", [
      "--yes",
      "wrangler",
      "dev",
      "-c",
      DEV_FILE,
      "-c",
      `${SINK_FOLDER}/wrangler.json`,
      "--ip",
      "127.0.0.1",
      "--port",
      options.port,
    ])) === 0
      ? EXIT.ok
      : EXIT.failed;
  } finally {
    await io.removeFile(DEV_FILE);
    await engine.close();
  }
}

async function startEngine({ sqlPort }: DevOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const engine = await import("@monotask/analytics-engine-local").catch(() => undefined);
  if (!engine)
    throw new UserError("the local Analytics Engine is not installed: npm install --save-dev @monotask/analytics-engine-local");
  try {
    return await engine.startAnalyticsEngine({
      port: Number(sqlPort),
      token: LOCAL_TOKEN,
      data: { kind: "folder", path: ".monotask/points" },
    });
  } catch (error) {
    if (error instanceof engine.StartError) throw new UserError(error.message);
    throw error;
  }
}

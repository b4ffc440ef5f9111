import { readFileSync } from "node:fs";
import { readCommandLine, type Flags } from "./command-line.ts";
import { StartError } from "./data-folder.ts";
import { startAnalyticsEngine, type AnalyticsEngineOptions, type AnalyticsEngineServer } from "./server.ts";

/** Exit codes: 1 could not start or failed, 2 the command line was wrong. */
const [failed, wrongUsage] = [1, 2];

/** Runs the command until SIGINT or SIGTERM. Prints one line when ready, or one line of what is wrong. */
export async function main(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args);
  switch (read.kind) {
    case "wrong":
      complain(`${read.complaint} (see --help)`);
      process.exit(wrongUsage);
      break;
    case "help":
      console.log(read.text);
      return;
    case "version":
      console.log(versionOfPackage());
      return;
    case "run":
      await run(read.flags);
  }
}

async function run(flags: Flags): Promise<void> {
  let server: AnalyticsEngineServer;
  try {
    server = await startAnalyticsEngine(optionsOf(flags));
  } catch (error) {
    complain(error instanceof StartError || error instanceof TypeError ? error.message : String(error));
    process.exit(error instanceof TypeError ? wrongUsage : failed);
  }
  const { url, port, token, accountId } = server;
  const place = flags.memory ? "in memory" : `in ${flags.data}`;
  console.log(
    flags.json
      ? JSON.stringify({ url, port, token, accountId })
      : `Analytics Engine ready at ${url} (token ${token}, points ${place})`,
  );
  if (!isLoopback(flags.host)) complain(`listening on ${flags.host}: other machines can reach this server with the token`);
  stopOnSignal(server);
}

function optionsOf(flags: Flags): AnalyticsEngineOptions {
  return {
    port: flags.port,
    host: flags.host,
    data: flags.memory ? { kind: "memory" } : { kind: "folder", path: flags.data },
    ...(flags.token !== undefined && { token: flags.token }),
    ...(flags.account !== undefined && { accountId: flags.account }),
    ...(flags.sampleAbove !== undefined && { sampleAbove: flags.sampleAbove }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
    ...(flags.clock !== undefined && { clock: flags.clock }),
  };
}

/** The first signal ends cleanly; a second one ends at once. */
function stopOnSignal(server: AnalyticsEngineServer): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(failed);
    isStopping = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(`could not close cleanly: ${String(error)}`);
        process.exit(failed);
      },
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function versionOfPackage(): string {
  const found: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const version: unknown = typeof found === "object" && found !== null ? Reflect.get(found, "version") : undefined;
  return typeof version === "string" ? version : "unknown";
}

function complain(message: string): void {
  console.error(`analytics-engine-local: ${message}`);
}

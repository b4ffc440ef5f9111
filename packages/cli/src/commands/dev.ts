import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { readBundle, BUNDLED_APPS } from "../deploy/bundle.ts";
import { devAddresses, devPorts, requireFreePorts } from "../dev/dev-addresses.ts";
import type { DevAddresses, DevPorts } from "../dev/dev-addresses.ts";
import { removeLeftBehind, writeDevFiles } from "../dev/dev-files.ts";
import type { DevFiles } from "../dev/dev-files.ts";
import { tickNotices } from "../dev/tick-notices.ts";
import { startSides } from "../dev/dev-sides.ts";
import { EXIT, INTERRUPTED, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { LOCAL_CREDENTIALS } from "../local/credentials.ts";
import { progressOf } from "../progress.ts";
import { PRODUCTION, resourcesOf } from "../resources.ts";
import { readWranglerConfig } from "../wrangler-config/wrangler-config.ts";
import { hidden } from "./shared-options.ts";

interface DevOptions {
  readonly config?: string;
  readonly port: string;
  readonly bundles?: string;
}

/** `monotask dev` */
export function registerDev(program: Command, { io, done }: CommandContext): void {
  program
    .command("dev")
    .description("your worker on this machine with the whole monitoring around it; no account needed")
    .option("--config <file>", "the worker's configuration")
    .option("--port <n>", "port of the worker; evaluator, dashboard, Analytics Engine and inbox take the four behind it", "8787")
    .addOption(hidden("--bundles <folder>", "built apps"))
    .addHelpText(
      "after",
      "\nExample: monotask dev, and in another terminal: monotask query --local --kind request --p95 duration --by endpoint\n\nExit codes: 0 ended by Ctrl-C, 1 did not start, 2 wrong usage",
    )
    .action(async (options: DevOptions) => done(await dev(io, options)));
}

async function dev(io: Io, options: DevOptions): Promise<number> {
  const ports = devPorts(options.port);
  const worker = await readWranglerConfig(io, options.config);
  const bundles = await Promise.all(BUNDLED_APPS.map((app) => readBundle(app, options.bundles)));
  await requireFreePorts(ports);
  const addresses = devAddresses(ports);
  const names = resourcesOf(PRODUCTION);
  // Before it is up every tick fails.
  let isUp = false;
  const notice = tickNotices(io.err);
  // First: its data folder is for one alone, so that nobody else's files are overwritten or removed here.
  const sides = await startSides(ports, addresses, (atMs, failure) => (isUp ? notice(atMs, failure) : undefined));
  try {
    await removeLeftBehind(io);
    const files = await writeDevFiles(io, worker, bundles, { names, ports, addresses });
    try {
      if (!(await migrate(io, files))) return EXIT.ok;
      void whenUp(io, addresses.evaluator, sides.stopped).then((answers) => {
        isUp = answers;
        if (isUp) io.out(welcome(addresses, ports));
      });
      const code = await io.runProgram("npx", wranglerDev(files, ports));
      return code === 0 || code === INTERRUPTED ? EXIT.ok : EXIT.failed;
    } finally {
      await io.removeFile(files.workerConfig);
    }
  } finally {
    await sides.stop();
  }
}

/**
 * One database after the other: two of wrangler's runtimes on one state folder lock each other out.
 * @returns false where a person ended it meanwhile
 */
async function migrate(io: Io, { databases, stateFolder }: DevFiles): Promise<boolean> {
  const progress = progressOf(io, "Preparing databases");
  for (const [at, { name, config }] of databases.entries()) {
    progress(at / databases.length);
    const words = ["d1", "migrations", "apply", name, "--local", "--config", config, "--persist-to", stateFolder];
    const { code, said } = await io.runQuietly("npx", ["--yes", "wrangler", ...words]);
    if (code === INTERRUPTED) return false;
    if (code !== 0)
      throw new UserError(`the database ${name} could not be prepared (wrangler ended with ${code}):\n${said.trim()}`);
  }
  progress(1);
  return true;
}

/** wrangler says much while it starts: what to do next is said behind that. False where the stack ended before. */
async function whenUp(io: Io, url: string, stopped: AbortSignal): Promise<boolean> {
  while (!stopped.aborted) {
    const status = await io.fetch(url, { signal: stopped }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.status;
      },
      () => 502,
    );
    if (status !== 502 && status !== 503) return true;
    if (!(await io.sleep(UP_POLL_MS))) return false;
  }
  return false;
}

const UP_POLL_MS = 300;

function wranglerDev({ configs, stateFolder }: DevFiles, ports: DevPorts): string[] {
  return [
    ...["--yes", "wrangler", "dev"],
    ...configs.flatMap((config) => ["-c", config]),
    ...["--persist-to", stateFolder, "--ip", "127.0.0.1", "--port", String(ports.worker)],
  ];
}

function welcome(addresses: DevAddresses, { worker }: DevPorts): string {
  const usual = worker === 8787 ? "" : `ANALYTICS_SQL_URL=${addresses.analytics}/client/v4/accounts/local/analytics_engine/sql `;
  return `Worker     ${addresses.worker}
Dashboard  ${addresses.dashboard}
Inbox      ${addresses.inbox}   what Slack, PagerDuty and e-mail would have been sent
Evaluator  ${addresses.evaluator}   ticks each minute
Analytics  ${addresses.analytics}

In another terminal:
  ${usual}npx monotask query --local --kind request --p95 duration --by endpoint
  export MONOTASK_URL=${addresses.evaluator} MONOTASK_API_TOKEN=${LOCAL_CREDENTIALS.apiToken}
  npx monotask alerts test --channel slack --channel email
`;
}

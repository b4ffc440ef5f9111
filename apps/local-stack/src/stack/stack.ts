import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { scheduledUrl, startInbox, startProxy, startTicker, type Ticker } from "@monotask/cli/local";
import { createClock, type Clock, type ClockSpec } from "@monotask/telemetry";
import { startUpstreams } from "../upstreams/index.ts";
import { addressesOf, type Addresses } from "./addresses.ts";
import type { Child } from "./child.ts";
import { allSettled, createClosers } from "./closers.ts";
import { writeLocalConfigs, type LocalApp } from "./configs.ts";
import { startEngine } from "./engine.ts";
import { portsFrom, requireFreePorts } from "./ports.ts";
import { supervise, type Supervised } from "./supervisor.ts";
import { applyMigrations, startWorkers } from "./wrangler.ts";

export interface StackOptions {
  /** The repository. */
  readonly root: string;
  /** Everything that is written goes here: configs, databases, points, logs. */
  readonly homeDir: string;
  readonly portBase: number;
  readonly clock: ClockSpec;
  /** METRICS_SAMPLING_RATE of all apps. */
  readonly samplingRate: number;
  /** Of the stand-ins' waiting times. */
  readonly seed: number;
}

export interface Stack {
  readonly addresses: Addresses;
  readonly clock: Clock;
  readonly apps: readonly LocalApp[];
  readonly logDir: string;
  /** The evaluator's; absent while there is none. */
  readonly ticker: Ticker | undefined;
  /** All workers, in one wrangler. */
  readonly workers: Supervised;
  readonly engine: Supervised;
  /** Resolves with what ended and why, when a part of the stack cannot be kept running. */
  readonly broken: Promise<string>;
  /** Ends everything that was started, the workers before what they talk to. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product on this machine.
 * @throws StackError that says what is in the way and how to change it; nothing is left running then
 */
export async function startStack({ root, homeDir, portBase, clock: spec, samplingRate, seed }: StackOptions): Promise<Stack> {
  const ports = portsFrom(portBase);
  await requireFreePorts(ports);
  const wranglerOptions = { root, stateDir: join(homeDir, "state"), logDir: join(homeDir, "logs") };
  const { logDir } = wranglerOptions;
  mkdirSync(logDir, { recursive: true });
  const addresses = addressesOf(ports);
  const clock = createClock(spec);
  const { files, apps } = writeLocalConfigs({
    root,
    outDir: join(homeDir, "wrangler"),
    ports,
    addresses,
    clock: spec,
    samplingRate,
    seed,
  });

  const closers = createClosers();
  try {
    const engineOptions = { dataDir: join(homeDir, "analytics"), clock: spec, cwd: root, logFile: join(logDir, "analytics.log") };
    const startEngineAgain = (): Promise<Child> => startEngine({ ...engineOptions, port: ports.analytics });
    const engine = closers.keep(
      supervise({ name: "The local Analytics Engine", start: startEngineAgain, logDir }),
      (supervised) => supervised.stop(),
    );
    await allSettled([
      engine,
      closers.keep(startInbox({ port: ports.inbox, clock }), (inbox) => inbox.close()),
      closers.keep(startUpstreams({ port: ports.upstreams, seed, clock }), (upstreams) => upstreams.close()),
      migrateAll(apps, wranglerOptions),
    ]);
    const startAgain = (): Promise<Child> => startWorkers(files, ports.wrangler, wranglerOptions);
    const workers = await closers.keep(supervise({ name: "wrangler", start: startAgain, logDir }), (supervised) =>
      supervised.stop(),
    );
    await allSettled(apps.map(({ name }) => closers.keep(startProxy(ports[name], ports.wrangler), (proxy) => proxy.close())));
    const ticker = tickerOf("evaluator", apps, addresses, clock);
    for (const each of [ticker, tickerOf("demo", apps, addresses, clock)]) {
      if (each !== undefined) await closers.keep(Promise.resolve(each), () => each.stop());
    }
    return {
      addresses,
      clock,
      apps,
      logDir,
      ticker,
      workers,
      engine: await engine,
      broken: Promise.race([workers.broken, (await engine).broken]),
      stop: () => closers.closeAll(),
    };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

function tickerOf(of: LocalApp["name"], apps: readonly LocalApp[], addresses: Addresses, clock: Clock): Ticker | undefined {
  const app = apps.find(({ name }) => name === of);
  if (app === undefined) return undefined;
  return startTicker({ clock, url: scheduledUrl(addresses.wrangler, app.workerName), cron: "* * * * *" });
}

/** One app after the other: two of wrangler's runtimes on one state folder lock each other out of its databases. */
async function migrateAll(apps: readonly LocalApp[], options: Parameters<typeof applyMigrations>[1]): Promise<void> {
  for (const app of apps) await applyMigrations(app, options);
}

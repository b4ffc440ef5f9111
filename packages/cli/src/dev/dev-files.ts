import { join } from "node:path";
import type { Bundle } from "../deploy/bundle.ts";
import { layOut } from "../deploy/bundle.ts";
import { projectTexts } from "../deploy/project-texts.ts";
import { UserError } from "../io.ts";
import type { Io } from "../io.ts";
import type { JsonObject } from "../json.ts";
import { objectsAt, textAt, wordAt } from "../json.ts";
import { LOCAL_CREDENTIALS } from "../local/credentials.ts";
import type { EnvironmentResources } from "../resources.ts";
import type { WranglerConfig } from "../wrangler-config/wrangler-config.ts";
import type { DevAddresses, DevPorts } from "./dev-addresses.ts";
import { devAppConfig } from "./dev-apps.ts";
import { devConfig } from "./dev-config.ts";
import { frontWorker, sinkWorker } from "./dev-workers.ts";
import type { SmallWorker } from "./dev-workers.ts";

const FOLDER = ".monotask/dev";
/** Beside the worker's own file, so that its relative paths hold. Removed at the end. */
const WORKER_FILE = "wrangler.monotask-dev.json";

/** Names the worker's file, so that the next start finds what a kill has left. */
const MARK_FILE = `${FOLDER}/worker-config.txt`;

/** Removes what a `monotask dev` that was killed has left beside a worker. Nobody else may run in this folder meanwhile. */
export async function removeLeftBehind(io: Io): Promise<void> {
  const left = await io.readFile(MARK_FILE).catch(() => undefined);
  if (left?.split("/").at(-1) === WORKER_FILE) await io.removeFile(left);
}

/** Files that one wrangler runs: the first one gets the port. */
export interface DevFiles {
  readonly configs: readonly string[];
  /** To be removed when the stack ends. */
  readonly workerConfig: string;
  /** Where the project's own databases are, which `wrangler d1 … --local` writes too. */
  readonly stateFolder: string;
  /** Database and the configuration that names its migrations. */
  readonly databases: readonly { readonly name: string; readonly config: string }[];
}

/** Writes the configuration of each worker of the stack. @throws UserError where the worker has no name */
export async function writeDevFiles(
  io: Io,
  worker: WranglerConfig,
  bundles: readonly Bundle[],
  { names, ports, addresses }: { names: EnvironmentResources; ports: DevPorts; addresses: DevAddresses },
): Promise<DevFiles> {
  const workerName = textAt(worker.data, "name");
  if (workerName === undefined) throw new UserError(`${worker.file} has no "name": give the worker one`);
  const running = new Set([workerName, ...bundles.map(({ app }) => names[app])]);
  const home = worker.file.includes("/") ? worker.file.slice(0, worker.file.lastIndexOf("/") + 1) : "";
  const workerConfig = `${home}${WORKER_FILE}`;
  await io.writeFile(MARK_FILE, workerConfig);
  await io.writeFile(workerConfig, shown(devConfig(worker.data, running)));

  const takenQueues = new Set(objectsAt(worker.data, "queues", "consumers").map((item) => wordAt(item, "queue")));
  const texts = await projectTexts(io);
  const apps: string[] = [];
  const databases: { name: string; config: string }[] = [];
  for (const bundle of bundles) {
    const folder = join(io.cwd, FOLDER, bundle.app);
    const config = devAppConfig(bundle, { names, addresses, running, takenQueues });
    await layOut(bundle, folder, config, texts);
    const file = join(folder, "wrangler.json");
    apps.push(file);
    databases.push(...objectsAt(config, "d1_databases").map((item) => ({ name: wordAt(item, "database_name"), config: file })));
  }
  const front = frontWorker({
    worker: workerName,
    evaluator: names.evaluator,
    apps: new Map(bundles.map(({ app }) => [ports[app], names[app]])),
  });
  const sink = sinkWorker(addresses.analytics, LOCAL_CREDENTIALS.analyticsToken, addresses.inbox);
  return {
    configs: [await writeSmall(io, "front", front), workerConfig, await writeSmall(io, "sink", sink), ...apps],
    workerConfig,
    stateFolder: `${home}.wrangler/state`,
    databases,
  };
}

async function writeSmall(io: Io, name: string, { code, config }: SmallWorker): Promise<string> {
  const file = `${FOLDER}/${name}/wrangler.json`;
  await io.writeFile(`${FOLDER}/${name}/${name}.js`, code);
  await io.writeFile(file, shown(config));
  return file;
}

function shown(config: JsonObject): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

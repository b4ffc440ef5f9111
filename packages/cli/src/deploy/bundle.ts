import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../io.ts";
import { isJsonObject } from "../json.ts";
import type { JsonObject } from "../json.ts";

/** Apps that come built with this command, in the order of their deploy: the evaluator hosts what the others bind to. */
export const BUNDLED_APPS = ["evaluator", "dashboard"] as const;
export type BundledApp = (typeof BUNDLED_APPS)[number];

/** A built worker: `worker/` holds its modules, `assets/` and `migrations/` where it has them, `wrangler.json` its configuration. */
export interface Bundle {
  readonly app: BundledApp;
  readonly folder: string;
  readonly config: JsonObject;
}

/** @throws UserError where this command was not packed with the bundle (in the repository: run the package's `bundles` script) */
export async function readBundle(app: BundledApp, root?: string): Promise<Bundle> {
  const folder = join(root ?? fileURLToPath(new URL("./bundles/", import.meta.url)), app);
  const text = await readFile(join(folder, "wrangler.json"), "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new UserError(
      `the ${app} is not part of this build of @monotask/cli; install a published one, or build it: pnpm --filter @monotask/cli bundles`,
    );
  }
  const config: unknown = JSON.parse(text);
  if (!isJsonObject(config)) throw new UserError(`${folder}/wrangler.json is damaged; install @monotask/cli again`);
  return { app, folder, config };
}

/**
 * Lays a bundle out for `wrangler deploy --no-bundle`: its files, the configuration of this environment, and the project's own texts
 * in place of those it was built with.
 * @param texts file name (`slos.yaml`) → text
 */
export async function layOut(
  bundle: Bundle,
  target: string,
  config: JsonObject,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(bundle.folder, target, { recursive: true });
  // Modules are named <hash>-<file>: the code imports them by that name.
  for (const module of await readdir(join(target, "worker"))) {
    const text = Object.entries(texts).find(([name]) => module === name || module.endsWith(`-${name}`))?.[1];
    if (text !== undefined) await writeFile(join(target, "worker", module), text);
  }
  await writeFile(join(target, "wrangler.json"), `${JSON.stringify(config, undefined, 2)}\n`);
}

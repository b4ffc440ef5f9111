// Builds the apps into dist/bundles, so that `npx @monotask/cli deploy` works outside a clone. Runs before the package is packed.
import { execFileSync } from "node:child_process";
import { cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "jsonc-parser";

const root = new URL("../../../", import.meta.url);
const target = new URL("../dist/bundles/", import.meta.url);
const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };

await rm(target, { recursive: true, force: true });
for (const app of ["evaluator", "dashboard"]) {
  const from = new URL(`apps/${app}/`, root);
  if (!(await isThere(new URL("wrangler.jsonc", from)))) throw new Error(`apps/${app} has no wrangler.jsonc`);
  const config = parse(await readFile(new URL("wrangler.jsonc", from), "utf8")) as {
    assets?: { directory: string };
    d1_databases?: { migrations_dir?: string }[];
  };
  const to = new URL(`${app}/`, target);
  await mkdir(to, { recursive: true });
  if (config.assets) execFileSync("pnpm", ["run", "build"], { cwd: from, env, stdio: "inherit" });
  const wrangler = fileURLToPath(new URL("node_modules/wrangler/bin/wrangler.js", root));
  const words = ["deploy", "--dry-run", "--minify", "--outdir", fileURLToPath(new URL("worker/", to))];
  execFileSync(process.execPath, [wrangler, ...words], { cwd: from, env, stdio: "inherit" });
  await rm(new URL("worker/README.md", to), { force: true });
  if (config.assets) await cp(new URL(`${config.assets.directory}/`, from), new URL("assets/", to), { recursive: true });
  const migrations = config.d1_databases?.[0]?.migrations_dir;
  if (migrations !== undefined) await cp(new URL(`${migrations}/`, from), new URL("migrations/", to), { recursive: true });
  await writeFile(new URL("wrangler.json", to), `${JSON.stringify(config, undefined, 2)}\n`);
}

async function isThere(url: URL): Promise<boolean> {
  return stat(url).then(
    () => true,
    () => false,
  );
}

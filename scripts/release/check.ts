// pnpm release:check [PACKAGE …]: everything that a user of the published packages, or of those named, would meet, on a registry of this
// machine.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import { neverInstalled, OFFLINE } from "./clean-machine.ts";
import { asWorker, exampleOf, senderTo } from "./example.ts";
import { GIVEN } from "./given.ts";
import { publishedPackages, type PublishedPackage } from "./packages.ts";
import { startRegistry, type Registry } from "./registry.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Packages that run on Node: their example is not for a Worker. */
const CLI = "@monotask/cli";
const NODE_ONLY = new Set(["@monotask/analytics-engine-local", CLI]);

const dir = mkdtempSync(join(tmpdir(), "release-check-"));
Object.assign(process.env, OFFLINE);
let failures = 0;
let registry: Registry | undefined;
try {
  step("packages build", () => run(["pnpm", "--silent", "build"], ROOT));
  step("publint --strict and attw", () =>
    run(["turbo", "run", "lint:pkg", "--output-logs=errors-only", "--log-prefix=none"], ROOT),
  );
  step("exports as the changesets say", () => run([process.execPath, "scripts/release/surface.ts"], ROOT));
  registry = await startRegistry(ROOT, join(dir, "registry"));
  const { url } = registry;
  step("all packages are published", () =>
    run(["pnpm", "publish", "-r", "--no-git-checks", "--filter", "./packages/*", "--registry", url], ROOT, { CI: "true" }),
  );
  const asked = process.argv.slice(2);
  if (asked.length === 0 || asked.includes(CLI))
    step(`npx ${CLI} deploy --dry-run, outside the repository`, () => dryDeploy(url));
  for (const one of publishedPackages(ROOT)) if (asked.length === 0 || asked.includes(one.name)) await checkAlone(one, url);
} finally {
  await registry?.stop();
  rmSync(dir, { recursive: true, force: true });
}
console.log(failures === 0 ? "release:check: everything holds" : `release:check: ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

/** Installs one package in a project of its own and uses it there. */
async function checkAlone(one: PublishedPackage, registryUrl: string): Promise<void> {
  const project = join(dir, "alone", one.name.replace("@monotask/", ""));
  const example = exampleOf(readFileSync(join(one.dir, "README.md"), "utf8"));
  mkdirSync(join(project, "src"), { recursive: true });
  writeProject(project, registryUrl);
  const isIn = step(`${one.name}: pnpm add`, () =>
    run(["pnpm", "add", one.name, "hono", "-D", "@cloudflare/workers-types", "@types/node"], project, { CI: "" }),
  );
  if (!isIn) return;
  for (const bin of one.bins.keys())
    step(`${one.name}: ${bin} --help`, () => run([join(project, "node_modules/.bin", bin), "--help"], project));
  if (example === undefined) {
    if (!NODE_ONLY.has(one.name)) step(`${one.name}: README`, () => "has no TypeScript block below the heading `## Use`");
    return;
  }
  const given = GIVEN[one.name] ?? "";
  const sender = senderTo(example, "./example.ts");
  const code = NODE_ONLY.has(one.name) ? example : asWorker(example, given);
  writeFileSync(join(project, sender === undefined ? "src/index.ts" : "src/example.ts"), code);
  if (sender !== undefined) writeFileSync(join(project, "src/index.ts"), sender);
  for (const resolution of ["bundler", "nodenext"])
    step(`${one.name}: the README's example typechecks (${resolution})`, () => typecheck(project, resolution));
  if (NODE_ONLY.has(one.name)) {
    step(`${one.name}: the README's example runs`, () => run([process.execPath, "src/index.ts"], project));
    return;
  }
  await runInWorkerd(one.name, project);
}

/** The built apps come with the package: nothing but its name is needed to deploy. */
function dryDeploy(registryUrl: string): string | undefined {
  const project = join(dir, "nowhere");
  mkdirSync(project);
  writeFileSync(join(project, ".npmrc"), `@monotask:registry=${registryUrl}\n`);
  return run(["npx", "-y", CLI, "deploy", "--dry-run"], project, neverInstalled(dir));
}

/** Bundles the project for workerd and asks it once. */
async function runInWorkerd(name: string, project: string): Promise<void> {
  const isBundled = step(`${name}: bundles for workerd`, () =>
    run([wrangler(), "deploy", "--dry-run", "--outdir", "bundle"], project),
  );
  if (!isBundled) return;
  const server = createTestHarness({ workers: [{ configPath: join(project, "wrangler.jsonc") }] });
  try {
    await server.listen();
    const response = await server.fetch("https://example.com/api/tasks/1");
    const text = await response.text();
    step(`${name}: the README's example runs in workerd`, () =>
      response.status < 500 ? undefined : `answered ${response.status}: ${text.slice(0, 500)}`,
    );
  } catch (error) {
    step(`${name}: the README's example runs in workerd`, () => String(error));
  } finally {
    await server.close();
  }
}

function writeProject(project: string, registryUrl: string): void {
  const files = {
    ".npmrc": `@monotask:registry=${registryUrl}\n`,
    "package.json": JSON.stringify({ name: "a-strangers-worker", private: true, type: "module" }),
    "pnpm-workspace.yaml": "allowBuilds: { chdb: false, workerd: false, esbuild: false, sharp: false }\nminimumReleaseAge: 0\n",
    "wrangler.jsonc": JSON.stringify({
      name: "a-strangers-worker",
      main: "src/index.ts",
      compatibility_date: "2026-10-01",
      analytics_engine_datasets: [{ binding: "ANALYTICS", dataset: "monotask" }],
    }),
    "src/env.d.ts": "interface Env { ANALYTICS: AnalyticsEngineDataset }\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
}

function typecheck(project: string, resolution: string): string | undefined {
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: "es2024",
    module: resolution === "nodenext" ? "nodenext" : "esnext",
    moduleResolution: resolution,
    types: ["@cloudflare/workers-types", "node"],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  return run([join(ROOT, "node_modules/.bin/tsc"), "-p", "."], project);
}

function wrangler(): string {
  return join(ROOT, "node_modules/.bin/wrangler");
}

/** What a command printed when it failed; undefined when it did not. */
function run(
  [command = "", ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string | undefined {
  const done = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", ...env },
  });
  if (done.status === 0) return undefined;
  return `${[command, ...args].join(" ")}\n${done.stdout ?? ""}${done.stderr ?? ""}${done.error ? String(done.error) : ""}`;
}

/** Prints one line for the step, and all that was said where it failed. */
function step(name: string, look: () => string | undefined): boolean {
  const complaint = look();
  console.log(`${complaint === undefined ? "✓" : "✗"} ${name}`);
  if (complaint === undefined) return true;
  failures += 1;
  console.log(complaint.replace(/^/gm, "    "));
  return false;
}

// pnpm bench [NAME …]: every benchmark, or those named, one after the other. Each prints its table and writes bench/results/NAME.json.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const BENCH = import.meta.dirname;
const PACKAGES = join(BENCH, "../packages");

/** `overhead` → `bench/overhead/run.ts`, `errors/capture` → `packages/errors/bench/capture.ts`. */
function benchmarks(): ReadonlyMap<string, string> {
  const own = readdirSync(BENCH)
    .map((name): [string, string] => [name, join(BENCH, name, "run.ts")])
    .filter(([, file]) => existsSync(file));
  const ofPackages = readdirSync(PACKAGES).flatMap((name) => {
    const dir = join(PACKAGES, name, "bench");
    const files = existsSync(dir) ? readdirSync(dir).filter((file) => file.endsWith(".ts")) : [];
    return files.map((file): [string, string] => [`${name}/${file.slice(0, -3)}`, join(dir, file)]);
  });
  return new Map([...own, ...ofPackages].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const known = benchmarks();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.has(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. Known: ${[...known.keys()].join(", ")}.`);
  process.exit(2);
}
const failed: string[] = [];
for (const name of asked.length > 0 ? asked : known.keys()) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, [known.get(name) ?? ""], { stdio: "inherit" });
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(", ")}`);
  process.exitCode = 1;
}

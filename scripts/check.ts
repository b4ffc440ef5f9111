// pnpm check: everything that is not a test. Each step prints one line; the output of a failed step is shown whole.
import { spawnSync } from "node:child_process";

const steps: readonly (readonly [string, readonly string[]])[] = [
  ["build", ["turbo", "run", "build", "--output-logs=errors-only", "--log-prefix=none"]],
  ["typecheck", ["turbo", "run", "typecheck", "--output-logs=errors-only", "--log-prefix=none"]],
  ["typecheck of scripts and configs", ["tsc", "--noEmit", "-p", "."]],
  // One process for all: each package's own `lint` script would load the compiler and the types anew.
  ["lint (types, floors)", ["eslint", ".", "--max-warnings", "0"]],
  ["lint of packages as published", ["turbo", "run", "lint:pkg", "--output-logs=errors-only", "--log-prefix=none"]],
  ["size of what ships into a worker", ["node", "bench/size/run.ts", "--check"]],
  ["generated page: data points", ["node", "scripts/docs/data-points.ts", "--check"]],
  ["generated page: scale", ["node", "scripts/docs/scale.ts", "--check"]],
  ["generated tables: options", ["node", "scripts/docs/options.ts", "--check"]],
  ["generated Env types", ["turbo", "run", "types:check", "--output-logs=errors-only", "--log-prefix=none"]],
  ["formatting", ["prettier", "--check", ".", "--log-level", "warn"]],
];

let isOk = true;
for (const [name, [command = "", ...args]] of steps) {
  const startedAt = performance.now();
  const run = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" } });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const passed = run.status === 0;
  isOk &&= passed;
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!passed) console.log(`${run.stdout ?? ""}${run.stderr ?? ""}${run.error ? String(run.error) : ""}`);
}
process.exitCode = isOk ? 0 : 1;

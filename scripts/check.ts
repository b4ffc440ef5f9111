// pnpm check: everything that is not a test. Each step prints one line; the output of a failed step is shown whole.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

type Step = readonly [name: string, command: readonly string[]];

const build: Step = ["build", turbo("build")];
// One process for all: each package's own `lint` script would load the compiler and the types anew. It takes one core for a minute, so that
// the other steps go beside it.
const lint: Step = ["lint (types, floors)", ["eslint", ".", "--max-warnings", "0"]];
const others: readonly Step[] = [
  ["typecheck", turbo("typecheck")],
  ["typecheck of scripts and configs", ["tsc", "--noEmit", "-p", "."]],
  ["lint of packages as published", turbo("lint:pkg")],
  ["size of what ships into a worker", ["node", "bench/size/run.ts", "--check"]],
  ["generated page: data points", ["node", "scripts/docs/data-points.ts", "--check"]],
  ["generated page: scale", ["node", "scripts/docs/scale.ts", "--check"]],
  ["generated tables: options", ["node", "scripts/docs/options.ts", "--check"]],
  ["generated Env types", turbo("types:check")],
  ["formatting", ["prettier", "--check", ".", "--log-level", "warn"]],
];

const isBuilt = await inTurn([build]);
const held = await Promise.all([inTurn([lint]), inTurn(others)]);
process.exitCode = isBuilt && held.every(Boolean) ? 0 : 1;

function turbo(task: string): readonly string[] {
  return ["turbo", "run", task, "--output-logs=errors-only", "--log-prefix=none"];
}

async function inTurn(steps: readonly Step[]): Promise<boolean> {
  let isOk = true;
  for (const step of steps) isOk = (await holds(step)) && isOk;
  return isOk;
}

async function holds([name, [command = "", ...args]]: Step): Promise<boolean> {
  const startedAt = performance.now();
  const run = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  const ended = new Promise<string | undefined>((resolve) => {
    run.on("error", (error) => resolve(String(error)));
    run.on("close", (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`));
  });
  const [why, out, err] = await Promise.all([ended, text(run.stdout), text(run.stderr)]);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const isOk = why === undefined;
  console.log(`${isOk ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!isOk) console.log(`${out}${err}${why}`);
  return isOk;
}

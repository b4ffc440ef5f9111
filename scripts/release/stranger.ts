// node scripts/release/stranger.ts: the first fifteen minutes of somebody who has never seen us. A new Worker, the packages from a registry of
// this machine, each command timed as it runs; the times are written into docs/first-15-minutes.md.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { neverInstalled, OFFLINE } from "./clean-machine.ts";
import { startRegistry } from "./registry.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = join(ROOT, "docs/first-15-minutes.md");
const PORT = 12_040;
/** What the person reads and types between the commands, a generous guess. */
const READING_S = 150;

const ENTRY = `export default {
  fetch(request: Request) {
    if (new URL(request.url).pathname === "/broken") throw new Error("no such product");
    return new Response("ok");
  },
};
`;

interface Timed {
  readonly what: string;
  readonly seconds: number;
}

const dir = mkdtempSync(join(tmpdir(), "stranger-"));
const project = join(dir, "shop");
const CLEAN = neverInstalled(dir);
const times: Timed[] = [];
const registry = await startRegistry(ROOT, join(dir, "registry"));
let dev: ChildProcess | undefined;
try {
  must(["pnpm", "publish", "-r", "--no-git-checks", "--filter", "./packages/*", "--registry", registry.url], ROOT, {
    CI: "true",
  });
  writeProject(registry.url);
  timed("npm install (the Worker as it was)", ["npm", "install", "--no-audit", "--no-fund"]);
  timed("npx @monotask/cli init --yes", ["npx", "--yes", "@monotask/cli", "init", "--yes"]);
  const again = must(["npx", "--yes", "@monotask/cli", "init", "--yes"], project);
  if (!again.includes("Nothing to do")) throw new Error(`the second init has something to do:\n${again}`);
  timed("npm install (what init added)", ["npm", "install", "--no-audit", "--no-fund"]);
  await timedWait("npx monotask dev, until it answers", startDev);
  await timedWait("the first data point is read by monotask query", firstPoint);
  timed(
    "npx monotask alerts test --channel slack",
    ["npx", "monotask", "alerts", "test", "--channel", "slack", "--by", "kim"],
    local(),
  );
  await timedWait("the test alert is in the inbox", () => inInbox("[TEST]"));
  await ask("/broken");
  await timedWait("the alert of a real exception is in the inbox", () => inInbox("no such product"));
  await stopDev();
  timed("npx monotask deploy --dry-run", ["npx", "monotask", "deploy", "--dry-run"]);
  must(["npx", "monotask", "init", "--undo"], project);
  if (readFileSync(join(project, "src/index.ts"), "utf8") !== ENTRY) throw new Error("init --undo left src/index.ts changed");
  record();
} finally {
  await stopDev();
  await registry.stop();
  rmSync(dir, { recursive: true, force: true });
}

function timed(what: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const fromMs = performance.now();
  must(words, project, env);
  note(what, fromMs);
}

async function timedWait(what: string, happens: () => Promise<void>): Promise<void> {
  const fromMs = performance.now();
  await happens();
  note(what, fromMs);
}

function note(what: string, fromMs: number): void {
  const seconds = (performance.now() - fromMs) / 1_000;
  times.push({ what, seconds });
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${what}`);
}

/** What a command printed. @throws Error with all of it where it failed */
function must([command = "", ...args]: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): string {
  const path = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;
  const done = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...OFFLINE, ...CLEAN, PATH: path, ...env },
  });
  const said = `${done.stdout ?? ""}${done.stderr ?? ""}`;
  if (done.status !== 0) throw new Error(`${[command, ...args].join(" ")} ended with ${done.status}:\n${said}`);
  return said;
}

async function startDev(): Promise<void> {
  const path = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;
  dev = spawn("npx", ["monotask", "dev", "--port", String(PORT)], {
    cwd: project,
    env: { ...process.env, ...OFFLINE, ...CLEAN, PATH: path, WRANGLER_REGISTRY_PATH: join(dir, "workers") },
    stdio: "ignore",
    detached: true,
  });
  await eventually("monotask dev answers", () => fetch(at(0)).then(({ ok }) => ok));
}

/** Ctrl-C, as a terminal sends it to everything that runs in it. */
async function stopDev(): Promise<void> {
  const running = dev;
  dev = undefined;
  if (running?.pid === undefined) return;
  const ended = new Promise((resolve) => running.once("exit", resolve));
  process.kill(-running.pid, "SIGINT");
  await ended;
}

async function firstPoint(): Promise<void> {
  await ask("/products/7");
  await eventually("the request is a data point", async () =>
    must(
      ["npx", "monotask", "query", "--local", "--kind", "request", "--count", "--by", "endpoint", "--since", "5m"],
      project,
      local(),
    ).includes("/products/:id"),
  );
}

async function inInbox(text: string): Promise<void> {
  await eventually(`the inbox shows "${text}"`, async () => (await (await fetch(`${at(4)}/inbox.json`)).text()).includes(text));
}

async function ask(path: string): Promise<void> {
  await (await fetch(`${at(0)}${path}`)).text();
}

async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 180_000;
  while (!(await look().catch(() => false))) {
    if (performance.now() > deadlineMs) throw new Error(`not within three minutes: ${what}`);
    await wait(250);
  }
}

function at(offset: number): string {
  return `http://127.0.0.1:${PORT + offset}`;
}

function local(): Record<string, string> {
  return {
    MONOTASK_URL: at(1),
    MONOTASK_API_TOKEN: "local-api-token",
    ANALYTICS_SQL_URL: `${at(3)}/client/v4/accounts/local/analytics_engine/sql`,
  };
}

/** Puts the measured times between the page's marks. */
function record(): void {
  const upTo = (what: string): number => {
    const end = times.findIndex((one) => one.what.startsWith(what));
    return times.slice(0, end + 1).reduce((sum, { seconds }) => sum + seconds, 0);
  };
  const rows = times.map(({ what, seconds }) => `| ${what} | ${seconds.toFixed(1)} s |`);
  const day = new Date().toISOString().slice(0, 10);
  const text = [
    `Measured on ${day} by \`node scripts/release/stranger.ts\` (Node ${process.versions.node}, a machine of 2 cores that did other things too):`,
    "",
    "| step | took |",
    "| --- | --- |",
    ...rows,
    "",
    `Machine time to the first data point: ${upTo("the first data point").toFixed(0)} s; to the first test alert: ${upTo("the test alert").toFixed(0)} s. With ${READING_S} s for reading and typing: ${((upTo("the first data point") + READING_S) / 60).toFixed(1)} and ${((upTo("the test alert") + READING_S) / 60).toFixed(1)} minutes.`,
  ].join("\n");
  const page = readFileSync(PAGE, "utf8");
  const marked = /(<!-- measured -->)[\s\S]*(<!-- \/measured -->)/;
  if (!marked.test(page)) throw new Error(`${PAGE} has no marks <!-- measured --> and <!-- /measured -->`);
  writeFileSync(
    PAGE,
    page.replace(marked, (_, before: string, after: string) => `${before}\n\n${text}\n\n${after}`),
  );
}

function writeProject(registryUrl: string): void {
  const files = {
    ".npmrc": `@monotask:registry=${registryUrl}\n`,
    "wrangler.jsonc":
      '{\n  // What npm create cloudflare writes, shortened.\n  "name": "shop-api",\n  "main": "src/index.ts",\n  "compatibility_date": "2026-10-01",\n}\n',
    "package.json": '{\n  "name": "shop",\n  "private": true,\n  "devDependencies": {\n    "wrangler": "^4.156.0"\n  }\n}\n',
    "src/index.ts": ENTRY,
  };
  mkdirSync(join(project, "src"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
}

import { createTwoFilesPatch } from "diff";
import { Option } from "commander";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { startingAlerts, startingSlos } from "../init/config-files.ts";
import { entriesOf } from "../init/entries.ts";
import { JOURNAL_FILE, noteChanges, undoChanges } from "../init/journal.ts";
import type { FileChange } from "../init/journal.ts";
import { packageJsonWith } from "../init/package-json.ts";
import type { PackageNeeds } from "../init/package-json.ts";
import { wantedAdditions } from "../init/wanted.ts";
import type { Plan } from "../init/wanted.ts";
import { wrapEntry } from "../init/wrap-entry.ts";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { textAt } from "../json.ts";
import { LOGPUSH_FILE, startingLogpush } from "../logpush/logpush-config.ts";
import { packageVersions } from "../package-versions.ts";
import { addToConfig, readWranglerConfig } from "../wrangler-config/wrangler-config.ts";
import type { WranglerConfig } from "../wrangler-config/wrangler-config.ts";

interface InitOptions {
  readonly config?: string;
  readonly plan: Plan;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly undo: boolean;
}

/** `monotask init` */
export function registerInit(program: Command, { io, done }: CommandContext): void {
  program
    .command("init")
    .description("add monitoring to the Worker of this folder; shows the exact diff first")
    .option("--config <file>", "the worker's configuration (default: wrangler.json, .jsonc or .toml)")
    .addOption(
      new Option("--plan <plan>", "the Workers plan; paid adds tail_consumers and logpush")
        .choices(["free", "paid"])
        .default("free"),
    )
    .option("--dry-run", "show the diff and write nothing", false)
    .option("--yes", "write without asking", false)
    .option("--undo", "restore every file as it was before init", false)
    .addHelpText(
      "after",
      "\nExamples:\n  monotask init --dry-run\n  monotask init --plan paid --yes\n  monotask init --undo\n\nExit codes: 0 done or nothing to do, 1 not written, 2 wrong usage",
    )
    .action(async (options: InitOptions) => {
      done(await (options.undo ? undo(io) : init(io, options)));
    });
}

async function init(io: Io, options: InitOptions): Promise<number> {
  const config = await readWranglerConfig(io, options.config);
  const { changes, notes } = await plannedChanges(io, config, options.plan);
  for (const note of notes) io.err(`monotask: ${note}`);
  if (changes.length === 0) {
    io.out("Nothing to do: this worker has everything. Next: monotask doctor");
    return EXIT.ok;
  }
  for (const { file, before, after } of changes) io.out(diffOf(file, before, after));
  const files = `${changes.length} file${changes.length === 1 ? "" : "s"}`;
  if (options.dryRun) {
    io.out(`${files} would change. Write them: monotask init --yes`);
    return EXIT.ok;
  }
  if (!options.yes) {
    const answer = await io.ask(`Write ${files}? [y/N]`, "text");
    if (answer === undefined || !/^y(es)?$/i.test(answer)) {
      io.out(
        answer === undefined
          ? "Nobody is here to ask; nothing was written. Write it: monotask init --yes"
          : "Nothing was written.",
      );
      return EXIT.failed;
    }
  }
  await noteChanges(io, changes);
  for (const { file, after } of changes) await io.writeFile(file, after);
  io.out(`${files} written (undo: monotask init --undo).\n`);
  io.out(await nextSteps(io, options.config));
  return EXIT.ok;
}

async function undo(io: Io): Promise<number> {
  const files = await undoChanges(io);
  io.out(`Restored as before init: ${files.join(", ")}`);
  return EXIT.ok;
}

async function plannedChanges(io: Io, config: WranglerConfig, plan: Plan): Promise<{ changes: FileChange[]; notes: string[] }> {
  const notes: string[] = [];
  const changes: FileChange[] = [];
  const change = (file: string, before: string | undefined, after: string): void => {
    if (before !== after) changes.push({ file, before, after });
  };
  change(config.file, config.text, addToConfig(config, wantedAdditions(config, plan)));
  for (const { file, workerName } of entriesOf(config)) {
    const text = await io.readFile(file).catch(() => undefined);
    if (text === undefined)
      notes.push(`${file}, the "main" of ${config.file}, is not there: build it first, or wrap its source by hand`);
    else {
      const wrapped = wrapEntry(text, file, workerName);
      if (wrapped.result === "wrapped") change(file, text, wrapped.text);
      else if (wrapped.result === "by hand") notes.push(wrapped.why);
    }
  }
  const packages = await packageFiles(io, config.file);
  for (const { file, text, needs } of packages) change(file, text, packageJsonWith(text, await packageVersions(), needs));
  if (packages.length === 0) notes.push("there is no package.json here: the first step below makes one");
  const workerName = textAt(config.data, "name") ?? "";
  const created: [string, string][] = [
    ["config/slos.yaml", startingSlos(workerName)],
    ["config/alerts.yaml", startingAlerts(workerName)],
    ...(plan === "paid" ? [[LOGPUSH_FILE, startingLogpush([workerName])] as [string, string]] : []),
  ];
  for (const [file, text] of created)
    if ((await io.readFile(file).catch(() => undefined)) === undefined) change(file, undefined, text);
  const ignored = await io.readFile(".gitignore").catch(() => undefined);
  if (ignored !== undefined && !/^\/?\.monotask\/?\r?$/m.test(ignored))
    change(".gitignore", ignored, `${ignored}${ignored === "" || ignored.endsWith("\n") ? "" : "\n"}.monotask/\n`);
  return { changes, notes };
}

/** The worker's package.json and that of this folder, which may be one: in a monorepo the worker has its own. */
async function packageFiles(io: Io, configFile: string): Promise<{ file: string; text: string; needs: PackageNeeds }[]> {
  const own = configFile.replace(/[^/]*$/, "package.json");
  const tools = own === "package.json" ? "" : ` --config ${configFile}`;
  const read = async (file: string): Promise<string | undefined> => io.readFile(file).catch(() => undefined);
  const [here, there] = [await read("package.json"), own === "package.json" ? undefined : await read(own)];
  return [
    ...(there === undefined ? [] : [{ file: own, text: there, needs: { library: true, tools: undefined } }]),
    ...(here === undefined ? [] : [{ file: "package.json", text: here, needs: { library: there === undefined, tools } }]),
  ];
}

function diffOf(file: string, before: string | undefined, after: string): string {
  const patch = createTwoFilesPatch(
    before === undefined ? "/dev/null" : `a/${file}`,
    `b/${file}`,
    before ?? "",
    after,
    undefined,
    undefined,
    { context: 2 },
  );
  return patch.replace(/^=+\n/, "");
}

async function nextSteps(io: Io, config: string | undefined): Promise<string> {
  const locks: [string, string][] = [
    ["pnpm-lock.yaml", "pnpm install"],
    ["yarn.lock", "yarn install"],
    ["bun.lock", "bun install"],
  ];
  const isNew = (await io.readFile("package.json").catch(() => undefined)) === undefined;
  let install = isNew ? "npm install @monotask/monitoring @monotask/cli @monotask/analytics-engine-local" : "npm install";
  for (const [lock, command] of locks) if ((await io.readFile(lock).catch(() => undefined)) !== undefined) install = command;
  const of = config === undefined ? "" : ` --config ${config}`;
  const steps = [`npx monotask dev${of}`, "npx monotask deploy --dry-run", `npx wrangler deploy${of}`] as const;
  const columns = Math.max(...steps.map((step) => step.length)) + 4;
  const [dev, deploy, own] = steps.map((step) => step.padEnd(columns));
  return [
    "Next:",
    `  1. ${install}`,
    `  2. ${dev}the whole stack on this machine, no account needed`,
    `  3. ${deploy}then without --dry-run: evaluator and dashboard, before your own worker`,
    `  4. ${own}your worker; its first data point is seen by: npx monotask query --kind request --since 5m`,
    `The first state of every file is kept in ${JOURNAL_FILE}.`,
  ].join("\n");
}

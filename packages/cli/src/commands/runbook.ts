import { filledLines, parseRunbook, planRun, queryOf, readStep, wordsOf } from "@monotask/runbooks";
import type { CommandStep, QueryStep, Runbook } from "@monotask/runbooks";
import type { SqlApi } from "@monotask/telemetry";
import type { Command } from "commander";
import { analyticsOf, rowsOrThrow } from "../analytics.ts";
import type { AnalyticsOptions } from "../analytics.ts";
import { colour } from "../colour.ts";
import type { CommandContext } from "../command-context.ts";
import { EXIT, UsageError } from "../io.ts";
import type { Io } from "../io.ts";
import { rangeOf } from "../query/range.ts";
import { findRunbook, parsed, runbookNames } from "../runbook/library.ts";
import { shownRows } from "../show/rows.ts";
import { table } from "../table.ts";
import { collected, withSource } from "./shared-options.ts";

interface RunOptions extends AnalyticsOptions {
  readonly step?: number;
  readonly since: string;
  readonly worker?: string;
  readonly set?: readonly string[];
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `monotask runbook …` */
export function registerRunbook(program: Command, { io, done }: CommandContext): void {
  const runbook = program.command("runbook").description("runbooks that run: diagnose, then mitigate");
  runbook
    .command("list")
    .description("the runbooks, what they are for and who owns them")
    .action(async () => {
      io.out(await listed(io));
      done(EXIT.ok);
    });
  runbook
    .command("show")
    .description("a runbook's page, its steps numbered")
    .argument("<name>", "such as high-error-rate")
    .action(async (name: string) => {
      const found = await findRunbook(io, name);
      io.out(`${found.text.replace(/^---\r?\n[\s\S]*?\r?\n---(?:\r?\n)+/, "").trimEnd()}\n\n${stepList(parsed(found))}`);
      done(EXIT.ok);
    });
  withSource(
    runbook
      .command("run")
      .description("run the diagnosis and say what it means; steps that change something run alone and ask first"),
  )
    .argument("<name>", "such as high-error-rate")
    .option("--step <n>", "only this step", stepNumber)
    .option("--since <duration>", "how far back the queries look", "1h")
    .option("--worker <name>", "only this worker, and {worker} in commands")
    .option("--set <name=value>", "fills {name} in commands (repeatable)", collected)
    .option("--yes", "change without asking")
    .option("--dry-run", "print commands instead of running them")
    .option("--json", "each step's rows and sentence as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  monotask runbook run high-error-rate --since 30m\n  monotask runbook run high-error-rate --step 12 --worker api --dry-run\n  monotask runbook run database-slow --local\n\nExit codes: 0 done, 1 a step failed or was declined, 2 wrong usage",
    )
    .action(async (name: string, options: RunOptions) => done(await run(io, parsed(await findRunbook(io, name)), options)));
}

async function listed(io: Io): Promise<string> {
  const rows = await Promise.all(
    (await runbookNames(io)).map(async (name) => {
      const found = await findRunbook(io, name);
      const { runbook, issues } = parseRunbook(found.text, name);
      if (issues.length > 0) return [name, `cannot be run: monotask runbook show ${name}`, "", "", "", "", found.from];
      const { title, about, steps } = runbook;
      return [name, title, about.severity, about.owner, about.updated, String(steps.length), found.from];
    }),
  );
  return `${table(["NAME", "FOR", "SEVERITY", "OWNER", "UPDATED", "STEPS", "FROM"], rows, io.columns)}\n\nRead one: monotask runbook show NAME. Run its diagnosis: monotask runbook run NAME --since 1h`;
}

function stepList({ steps }: Runbook): string {
  const rows = steps.map((step) => [
    String(step.number),
    step.type === "query" ? "diagnoses" : step.changes ? "changes" : "shows",
    step.title,
    step.type === "query" ? `${step.kind} by ${step.by.join(", ") || "all"}` : (step.lines[0] ?? ""),
  ]);
  return table(["STEP", "DOES", "SECTION", "WHAT"], rows);
}

async function run(io: Io, book: Runbook, options: RunOptions): Promise<number> {
  const steps = planRun(book, options.step);
  if (steps.length === 0)
    throw new UsageError(`${book.name} has steps 1 to ${book.steps.length}; see: monotask runbook show ${book.name}`);
  rangeOf(io, options); // a wrong --since is said before the first step
  const api = steps.some(({ type }) => type === "query") ? analyticsOf(io, options) : undefined;
  const answers: object[] = [];
  let exitCode: number = EXIT.ok;
  for (const step of steps) {
    if (options.json !== true) io.out(`${answers.length === 0 ? "" : "\n"}${step.number}. ${step.title}`);
    if (step.type === "query") answers.push(await diagnose(io, api, step, options));
    else {
      const { lines, code } = await command(io, step, options);
      answers.push({ step: step.number, title: step.title, commands: lines });
      if (code !== EXIT.ok) exitCode = EXIT.failed;
    }
  }
  if (options.json === true) io.out(JSON.stringify(answers, undefined, 2));
  else if (options.step === undefined) io.out(nextSteps(book));
  return exitCode;
}

async function diagnose(io: Io, api: SqlApi | undefined, step: QueryStep, options: RunOptions): Promise<object> {
  const { worker, since } = options;
  const scope = { ...rangeOf(io, { since }), ...(worker !== undefined && { worker }) };
  const rows = api === undefined ? [] : rowsOrThrow(await api.run(queryOf(step, scope)));
  const reading = readStep(step, rows, since);
  if (options.json !== true) {
    if (reading.rows.length > 0) io.out(shownRows(reading.rows.slice(0, step.shownRows), reading.columns, "table", io.columns));
    io.out(reading.isCause ? colour(io, "critical", `→ ${reading.sentence}`) : `→ ${reading.sentence}`);
  }
  return { step: step.number, title: step.title, sentence: reading.sentence, isCause: reading.isCause, rows: reading.rows };
}

async function command(io: Io, step: CommandStep, options: RunOptions): Promise<{ lines: readonly string[]; code: number }> {
  const say = (text: string): void => {
    if (options.json !== true) io.out(text);
  };
  const { lines, missing } = filledLines(step, valuesOf(options));
  for (const line of lines) say(`  $ ${line}`);
  const isPartOfRun = options.step === undefined;
  if (missing.length > 0) {
    const fix = missing.map((name) => (name === "worker" ? "--worker NAME" : `--set ${name}=…`)).join(" ");
    if (!isPartOfRun && options.dryRun !== true) throw new UsageError(`step ${step.number} needs ${fix}`);
    say(`  not run: give it ${fix}`);
    return { lines, code: EXIT.ok };
  }
  if (options.dryRun === true) return { lines, code: EXIT.ok };
  if (step.changes && options.yes !== true) {
    const answer = await io.ask("This changes production. Run it? [y/N]", "text");
    if (answer === undefined || !/^y(es)?$/i.test(answer)) {
      say(answer === undefined ? "  not run: nobody is here to ask; say --yes" : "  not run");
      return { lines, code: EXIT.failed };
    }
  }
  for (const line of lines) {
    const [program = "", ...words] = wordsOf(line);
    const code = await io.runProgram(program, words);
    if (code === 0) continue;
    say(`  ${program} ended with ${code}`);
    return { lines, code: EXIT.failed };
  }
  return { lines, code: EXIT.ok };
}

/** Values become single words of the command, so a value cannot add one. */
function valuesOf({ worker, set }: RunOptions): Record<string, string> {
  const values: Record<string, string> = worker === undefined ? {} : { worker: quoted(worker) };
  for (const pair of set ?? []) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`--set "${pair}": write it as name=value`);
    values[pair.slice(0, at)] = quoted(pair.slice(at + 1));
  }
  return values;
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `"${value.replaceAll(/[\\"]/g, "\\$&")}"`;
}

function nextSteps({ name, steps }: Runbook): string {
  const changes = steps
    .filter((step) => step.type === "command" && step.changes)
    .map(({ number, title }) => `  monotask runbook run ${name} --step ${number} --dry-run   # ${title}`);
  return changes.length === 0 ? "" : `\nTo mitigate:\n${changes.join("\n")}`;
}

function stepNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--step ${text}: use a number from monotask runbook show`);
  return value;
}

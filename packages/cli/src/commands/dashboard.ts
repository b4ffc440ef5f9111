import { Option } from "commander";
import type { Command } from "commander";
import {
  dashboardJsonSchema,
  formatDashboardIssues,
  isQueryPanel,
  parseDashboard,
  planScans,
  stepRange,
  unusedFields,
} from "@monotask/panels";
import type { Dashboard, DashboardIssue, QueryPanel } from "@monotask/panels";
import { parseSlos } from "@monotask/slo";
import { compileSql } from "@monotask/telemetry";
import type { CommandContext } from "../command-context.ts";
import { EXIT, UserError, UsageError } from "../io.ts";
import type { Io } from "../io.ts";
import { counted } from "../show/counted.ts";

const DEFAULT_FILE = "config/cloudflare-dashboard.json";
const DEFAULT_SLO_FILE = "config/slos.yaml";
const HOUR_MS = 3_600_000;

/** `monotask dashboard …` */
export function registerDashboard(program: Command, { io, done }: CommandContext): void {
  const dashboard = program.command("dashboard").description("the dashboard's definition");
  dashboard
    .command("validate")
    .description("check the definition and show every issue with its path")
    .argument("[file]", "definition", DEFAULT_FILE)
    .option("--slos <file>", "SLO file that panels refer to, checked when it is there", DEFAULT_SLO_FILE)
    .option("--unused", "also name measures and fields that no panel shows", false)
    .option("--strict", "warnings count as errors", false)
    .addOption(new Option("--format <format>", "how issues are printed").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExample: monotask dashboard validate --unused")
    .action(async (file: string, options: ValidateOptions) => done(await validateDashboard(io, file, options)));
  const exported = dashboard.command("export").description("the definition in another form");
  exported
    .command("sql")
    .description("the Analytics Engine SQL of every panel, as it runs for the last hours")
    .argument("[file]", "definition", DEFAULT_FILE)
    .option("--dataset <name>", "dataset that the SQL reads", "monotask")
    .option("--hours <n>", "length of the range", wholeHours, 24)
    .option("--panel <id>", "only this panel")
    .option("--merged", "one statement for each section, as the dashboard sends them", false)
    .addHelpText("after", "\nExample: monotask dashboard export sql --panel error-rate --hours 6")
    .action(async (file: string, options: ExportOptions) => done(await exportSql(io, file, options)));
  exported
    .command("schema")
    .description("the JSON Schema of a definition, for editors")
    .action(() => {
      io.out(JSON.stringify(dashboardJsonSchema(), undefined, 2));
      done(EXIT.ok);
    });
}

interface ValidateOptions {
  readonly slos: string;
  readonly unused: boolean;
  readonly strict: boolean;
  readonly format: "text" | "json";
}

interface ExportOptions {
  readonly dataset: string;
  readonly hours: number;
  readonly panel?: string;
  readonly merged: boolean;
}

/** Every issue of the file. Exit code 0 valid, 1 invalid. */
export async function validateDashboard(io: Io, file: string, options: ValidateOptions): Promise<number> {
  const text = await read(io, file);
  const slos = await sloNames(io, options.slos);
  const { dashboard, issues: found } = parseDashboard(text, slos === undefined ? {} : { slos });
  const issues = [...found, ...(options.unused && dashboard !== undefined ? unusedFields(dashboard) : [])];
  if (options.format === "json") io.out(JSON.stringify({ issues }, undefined, 2));
  else io.out(report(file, dashboard, issues));
  return issues.some(({ severity }) => severity === "error" || options.strict) ? EXIT.failed : EXIT.ok;
}

/** One statement for each panel, or for each section as it is sent. */
export async function exportSql(io: Io, file: string, { dataset, hours, panel, merged }: ExportOptions): Promise<number> {
  const { dashboard, issues } = parseDashboard(await read(io, file));
  const errors = issues.filter(({ severity }) => severity === "error");
  if (dashboard === undefined || errors.length > 0)
    throw new UserError(`${file} is not valid:\n${formatDashboardIssues(errors, file)}`);
  const range = stepRange(io.now() - hours * HOUR_MS, io.now());
  const batches = dashboard.sections.flatMap(({ id, panels }) => {
    const own = panels.filter(isQueryPanel).filter((candidate) => panel === undefined || candidate.id === panel);
    return merged ? [[id, own] as const] : own.map((one): readonly [string, QueryPanel[]] => [one.id, [one]]);
  });
  const filled = batches.filter(([, panels]) => panels.length > 0);
  if (filled.length === 0) throw new UserError(`${file} has no panel "${panel ?? ""}" with a query`);
  const statements = filled.flatMap(([id, panels]) =>
    planScans(panels, range).map(({ query }) => `-- ${id}\n${compileSql(query, dataset)};`),
  );
  io.out(statements.join("\n\n"));
  return EXIT.ok;
}

function report(file: string, dashboard: Dashboard | undefined, issues: readonly DashboardIssue[]): string {
  const errors = issues.filter(({ severity }) => severity === "error").length;
  const panels = dashboard?.sections.reduce((total, section) => total + section.panels.length, 0) ?? 0;
  const verdict = `${counted(panels, "panel")} in ${counted(dashboard?.sections.length ?? 0, "section")} of ${file}: ${counted(errors, "error")}, ${counted(issues.length - errors, "warning")}`;
  return issues.length === 0 ? verdict : `${formatDashboardIssues(issues, file)}\n\n${verdict}`;
}

async function read(io: Io, file: string): Promise<string> {
  try {
    return await io.readFile(file);
  } catch {
    throw new UserError(`${file} cannot be read; name the definition: monotask dashboard validate ${DEFAULT_FILE}`);
  }
}

/** Undefined where there is no such file: then references to SLOs are not checked. */
async function sloNames(io: Io, file: string): Promise<string[] | undefined> {
  const text = await io.readFile(file).catch(() => undefined);
  return text === undefined ? undefined : parseSlos([{ file, text }]).slos.map(({ name }) => name);
}

function wholeHours(text: string): number {
  const hours = Number(text);
  if (!Number.isInteger(hours) || hours < 1 || hours > 720)
    throw new UsageError(`--hours ${text}: write a whole number, 1 to 720`);
  return hours;
}

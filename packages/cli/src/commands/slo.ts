import { Option } from "commander";
import type { Command } from "commander";
import { formatIssues, parseSlos } from "@monotask/slo";
import type { Issue, SpecFile } from "@monotask/slo";
import type { CommandContext } from "../command-context.ts";
import { readEvaluator } from "../evaluator-api.ts";
import { EXIT, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { recordsOf, textOf } from "../records.ts";
import { table } from "../table.ts";

const DEFAULT_SLO_FILE = "config/slos.yaml";

/** `monotask slo …` */
export function registerSlo(program: Command, { io, done }: CommandContext): void {
  const slo = program.command("slo").description("service level objectives");
  slo
    .command("validate")
    .description("check SLO files and show every issue with its line")
    .argument("[files...]", "SLO files", [DEFAULT_SLO_FILE])
    .addOption(new Option("--format <format>", "how issues are printed").choices(["text", "json"]).default("text"))
    .option("--strict", "warnings count as errors", false)
    .addHelpText("after", "\nExample: monotask slo validate config/slos.yaml --strict")
    .action(async (files: string[], options: ValidateOptions) => {
      done(await validateSlos(io, files, options));
    });
  slo
    .command("status")
    .description("how each SLO stands")
    .option("--json", "the evaluator's answer as it is", false)
    .addHelpText("after", "\nExample: monotask slo status --json")
    .action(async (options: { json: boolean }) => {
      done(await showSloStatus(io, options.json));
    });
}

export interface ValidateOptions {
  readonly format: "text" | "json";
  /** Warnings count as errors. */
  readonly strict: boolean;
}

/** `monotask slo validate`: every issue of every file. Exit code 0 valid, 1 invalid, 2 a file that cannot be read. */
export async function validateSlos(io: Io, paths: readonly string[], options: ValidateOptions): Promise<number> {
  const files = await Promise.all(paths.map((path) => readSpec(io, path)));
  const { slos, issues } = parseSlos(files);
  if (options.format === "json") io.out(JSON.stringify({ slos: slos.map((slo) => slo.name), issues }, undefined, 2));
  else io.out(report(files, slos.length, issues));
  const isInvalid = issues.some((issue) => issue.severity === "error" || options.strict);
  return isInvalid ? EXIT.failed : EXIT.ok;
}

/** `monotask slo status`: how each SLO stands, from the evaluator. */
export async function showSloStatus(io: Io, isJson: boolean): Promise<number> {
  const answer = await readEvaluator(io, "/api/v1/slos");
  const slos = recordsOf(answer, "slos");
  if (isJson) io.out(JSON.stringify(answer, undefined, 2));
  else if (slos.length === 0)
    io.out("No SLO has been judged yet. The evaluator decides its first minute about two minutes after it starts.");
  else {
    const rows = slos.map((slo) => [
      textOf(slo, "name"),
      textOf(slo, "target"),
      textOf(slo, "state"),
      percentOf(slo["budgetLeftRatio"]),
    ]);
    io.out(table(["SLO", "TARGET", "STATE", "BUDGET LEFT"], rows));
    io.out(`\n${slos.map((slo) => `${textOf(slo, "name")}: ${textOf(slo, "sentence")}`).join("\n")}`);
  }
  return EXIT.ok;
}

async function readSpec(io: Io, path: string): Promise<SpecFile> {
  try {
    return { file: path, text: await io.readFile(path) };
  } catch {
    throw new UserError(`${path} cannot be read; name the SLO file: monotask slo validate config/slos.yaml`);
  }
}

function report(files: readonly SpecFile[], count: number, issues: readonly Issue[]): string {
  const errors = issues.filter((issue) => issue.severity === "error").length;
  const verdict = `${count} SLO${count === 1 ? "" : "s"} in ${files.map((file) => file.file).join(", ")}: ${errors} errors, ${issues.length - errors} warnings`;
  return issues.length === 0 ? verdict : `${formatIssues(issues, files)}\n\n${verdict}`;
}

function percentOf(value: unknown): string {
  return typeof value === "number" ? `${(value * 100).toFixed(1)} %` : "unknown";
}

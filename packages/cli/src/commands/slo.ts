import { Argument, Option } from "commander";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { exportSlos } from "../slo/export.ts";
import { gateDeploy } from "../slo/gate.ts";
import { replaySlos } from "../slo/replay.ts";
import type { ReplayCommandOptions } from "../slo/replay.ts";
import { writeReport } from "../slo/report.ts";
import type { ReportCommandOptions } from "../slo/report.ts";
import { DEFAULT_SLO_FILE } from "../slo/spec-files.ts";
import { explainSlo, showSloStatus } from "../slo/status.ts";
import { testSlos } from "../slo/test.ts";
import { validateSlos } from "../slo/validate.ts";
import type { ValidateOptions } from "../slo/validate.ts";

/** `monotask slo …` */
export function registerSlo(program: Command, { io, done }: CommandContext): void {
  const slo = program.command("slo").description("service level objectives");
  slo
    .command("validate")
    .description("check SLO files and folders and show every issue with its line")
    .argument("[paths...]", "SLO files, or folders of them", [DEFAULT_SLO_FILE])
    .addOption(new Option("--format <format>", "how issues are printed").choices(["text", "json"]).default("text"))
    .option("--strict", "warnings count as errors", false)
    .addHelpText("after", "\nExample: monotask slo validate config/slos.yaml --strict")
    .action(async (paths: string[], options: ValidateOptions) => {
      done(await validateSlos(io, paths, options));
    });
  slo
    .command("status")
    .description("how each SLO stands")
    .option("--json", "the evaluator's answer as it is", false)
    .addHelpText("after", "\nExample: monotask slo status --json")
    .action(async (options: { json: boolean }) => {
      done(await showSloStatus(io, options.json));
    });
  slo
    .command("explain")
    .description("why one SLO stands as it does: windows, rules, exclusions")
    .argument("<name>", "the SLO")
    .addHelpText("after", "\nExample: monotask slo explain api-availability")
    .action(async (name: string) => {
      done(await explainSlo(io, name));
    });
  slo
    .command("test")
    .description("play incidents against alert rules")
    .argument("<files...>", "files of `kind: SloTest` documents")
    .addHelpText("after", "\nExample: monotask slo test tests/alerts.yaml\nExit codes: 0 as expected, 1 not, 2 wrong usage")
    .action(async (files: string[]) => {
      done(await testSlos(io, files));
    });
  slo
    .command("replay")
    .description("what SLOs would have done over what was measured")
    .argument("<spec>", "SLO file")
    .option("--from <source>", "slices (the evaluator's) or logpush:FILE.ndjson[.gz]", "slices")
    .option("--since <duration>", "how far back, for slices", "30d")
    .option("--slo <name>", "one SLO of the file")
    .addHelpText("after", "\nExample: monotask slo replay config/slos.yaml --slo api-availability --since 7d")
    .action(async (spec: string, options: ReplayCommandOptions) => {
      done(await replaySlos(io, spec, options));
    });
  slo
    .command("export")
    .description("SLOs in another system's format")
    .addArgument(new Argument("<format>", "the format").choices(["openslo"]))
    .argument("[paths...]", "SLO files, or folders of them", [DEFAULT_SLO_FILE])
    .option("--out <file>", "write it there instead of to the terminal")
    .addHelpText("after", "\nExample: monotask slo export openslo config/slos.yaml --out slos.openslo.yaml")
    .action(async (_format: string, paths: string[], options: { out?: string }) => {
      done(await exportSlos(io, paths, options.out));
    });
  slo
    .command("report")
    .description("compliance of the last week, or budgets of the last month")
    .option("--weekly", "the last whole week (default)", false)
    .option("--monthly", "the last whole month", false)
    .option("--current", "the week or month that is under way", false)
    .option("--out <file>", "write it there: HTML for .html, else Markdown")
    .addHelpText("after", "\nExample: monotask slo report --weekly --out report.html")
    .action(async (options: ReportCommandOptions) => {
      done(await writeReport(io, options));
    });
  slo
    .command("gate")
    .description("whether error budgets allow a deploy")
    .argument("<names...>", "SLOs")
    .option("--min-budget <percent>", "budget that must be left", "10%")
    .addHelpText(
      "after",
      "\nExample: monotask slo gate api-availability --min-budget 20%\nExit codes: 0 go, 1 stop, 2 nobody knows",
    )
    .action(async (names: string[], options: { minBudget: string }) => {
      done(await gateDeploy(io, names, options.minBudget));
    });
}

import { Command, CommanderError, Option } from "commander";
import { listAlerts } from "./commands/alerts.ts";
import { showSloStatus, validateSlos } from "./commands/slo.ts";
import { EXIT, UserError } from "./io.ts";
import type { Io } from "./io.ts";

const DEFAULT_SLO_FILE = "config/slos.yaml";

/**
 * Runs one `monotask` command.
 * @param argv arguments after the program's name
 * @returns the exit code: 0 done, 1 the answer is no (invalid file, unreachable evaluator), 2 the call's words are off
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, (code) => (exitCode = code));
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof UserError) {
      io.err(`monotask: ${error.message}`);
      return EXIT.failed;
    }
    throw error;
  }
}

function createProgram(io: Io, done: (exitCode: number) => void): Command {
  const program = new Command("monotask")
    .description("SLOs and alerts of Cloudflare Workers in a terminal.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
    .addHelpText(
      "after",
      "\nEnvironment: MONOTASK_URL, MONOTASK_API_TOKEN\nExit codes: 0 done, 1 failed or invalid, 2 wrong usage",
    );

  const slo = program.command("slo").description("service level objectives");
  slo
    .command("validate")
    .description("check SLO files and show every issue with its line")
    .argument("[files...]", "SLO files", [DEFAULT_SLO_FILE])
    .addOption(new Option("--format <format>", "how issues are printed").choices(["text", "json"]).default("text"))
    .option("--strict", "warnings count as errors", false)
    .addHelpText("after", "\nExample: monotask slo validate config/slos.yaml --strict")
    .action(async (files: string[], options: { format: "text" | "json"; strict: boolean }) => {
      done(await validateSlos(io, files, options));
    });
  slo
    .command("status")
    .description("how each SLO stands")
    .option("--json", "the evaluator's answer as it is", false)
    .action(async (options: { json: boolean }) => {
      done(await showSloStatus(io, options.json));
    });

  const alerts = program.command("alerts").description("alerts");
  alerts
    .command("list")
    .description("what fires now")
    .option("--json", "the evaluator's answer as it is", false)
    .action(async (options: { json: boolean }) => {
      done(await listAlerts(io, options.json));
    });
  return program;
}

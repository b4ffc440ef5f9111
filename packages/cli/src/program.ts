import { QueryError } from "@monotask/telemetry";
import { Command, CommanderError } from "commander";
import { registerAlerts } from "./commands/alerts/index.ts";
import { registerApi } from "./commands/api.ts";
import { registerDashboard } from "./commands/dashboard.ts";
import { registerD1 } from "./commands/d1.ts";
import { registerDev } from "./commands/dev.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerDrill } from "./commands/drill.ts";
import { endHelp, pointToHelp } from "./commands/help-endings.ts";
import { registerDeploy } from "./commands/deploy.ts";
import { registerLogpush } from "./commands/logpush.ts";
import { registerInit } from "./commands/init.ts";
import { registerQuery } from "./commands/query.ts";
import { registerQueue } from "./commands/queue/index.ts";
import { registerRunbook } from "./commands/runbook.ts";
import { registerSandbox } from "./commands/sandbox/index.ts";
import { registerTail } from "./commands/tail.ts";
import { registerSlo } from "./commands/slo.ts";
import type { RegisterGroup } from "./command-context.ts";
import { EXIT, UsageError, UserError } from "./io.ts";
import type { Io } from "./io.ts";
import { ownVersion } from "./package-versions.ts";

/** In the order of `monotask --help`. */
const GROUPS: readonly RegisterGroup[] = [
  // One a line, so that two additions do not meet.
  registerInit,
  registerDev,
  registerDoctor,
  registerDeploy,
  registerQuery,
  registerTail,
  registerRunbook,
  registerSlo,
  registerAlerts,
  registerQueue,
  registerSandbox,
  registerDashboard,
  registerLogpush,
  registerD1,
  registerDrill,
  registerApi,
];

/**
 * Runs one `monotask` command.
 * @param argv arguments after the program's name
 * @returns the exit code: 0 done, 1 the answer is no (invalid file, unreachable evaluator), 2 the call's words are off
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, (code) => (exitCode = code), await ownVersion());
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof UserError || error instanceof QueryError) {
      io.err(`monotask: ${error.message}`);
      return error instanceof UsageError || error instanceof QueryError ? EXIT.usage : EXIT.failed;
    }
    throw error;
  }
}

function createProgram(io: Io, done: (exitCode: number) => void, version: string): Command {
  const program = new Command("monotask")
    .description("Monitoring of Cloudflare Workers in a terminal.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
    .addHelpText(
      "after",
      "\nEnvironment: MONOTASK_URL, MONOTASK_API_TOKEN, NO_COLOR\nExit codes: 0 done, 1 failed or invalid, 2 wrong usage",
    );
  for (const register of GROUPS) register(program, { io, done });
  endHelp(program);
  pointToHelp(program);
  return program;
}

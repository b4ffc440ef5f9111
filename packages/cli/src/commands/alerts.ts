import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { readEvaluator } from "../evaluator-api.ts";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { recordsOf, textOf } from "../records.ts";
import { table } from "../table.ts";

/** `monotask alerts …` */
export function registerAlerts(program: Command, { io, done }: CommandContext): void {
  const alerts = program.command("alerts").description("alerts");
  alerts
    .command("list")
    .description("what fires now")
    .option("--json", "the evaluator's answer as it is", false)
    .addHelpText("after", "\nExample: monotask alerts list --json")
    .action(async (options: { json: boolean }) => {
      done(await listAlerts(io, options.json));
    });
}

/** `monotask alerts list`: what fires now. */
export async function listAlerts(io: Io, isJson: boolean): Promise<number> {
  const answer = await readEvaluator(io, "/api/v1/alerts");
  const alerts = recordsOf(answer, "alerts");
  if (isJson) io.out(JSON.stringify(answer, undefined, 2));
  else if (alerts.length === 0) io.out("No alert fires.");
  else {
    const rows = alerts.map((alert) => [
      textOf(alert, "id"),
      textOf(alert, "severity"),
      textOf(alert, "status"),
      textOf(alert, "name"),
    ]);
    io.out(table(["ID", "SEVERITY", "STATUS", "ALERT"], rows));
    io.out(`\n${alerts.map((alert) => `${textOf(alert, "name")}: ${textOf(alert, "summary")}`).join("\n")}`);
  }
  return EXIT.ok;
}

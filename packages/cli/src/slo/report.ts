import { readEvaluator } from "../evaluator-api.ts";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { textOf } from "../records.ts";

export interface ReportCommandOptions {
  readonly weekly: boolean;
  readonly monthly: boolean;
  readonly current: boolean;
  readonly out?: string;
}

/** `monotask slo report`: the compliance of the last week or the budgets of the last month, as Markdown or, by the file's name, HTML. */
export async function writeReport(io: Io, options: ReportCommandOptions): Promise<number> {
  if (options.weekly && options.monthly) {
    io.err("monotask: choose one of --weekly and --monthly");
    return EXIT.usage;
  }
  const kind = options.monthly ? "monthly" : "weekly";
  const answer = await readEvaluator(io, `/api/v1/reports/${kind}${options.current ? "?current=1" : ""}`);
  const report = typeof answer === "object" && answer !== null ? Object.fromEntries(Object.entries(answer)) : {};
  const { out } = options;
  if (out === undefined) io.out(textOf(report, "markdown").trimEnd());
  else {
    await io.writeFile(out, textOf(report, /\.html?$/i.test(out) ? "html" : "markdown"));
    io.out(`${textOf(report, "title")}: written to ${out}`);
  }
  return EXIT.ok;
}

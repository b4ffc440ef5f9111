import { parseAlerts } from "@monotask/alerts/rules";
import { formatIssues, parseSlos } from "@monotask/slo";
import type { Issue, SpecFile } from "@monotask/slo";
import { UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { readText } from "../read-text.ts";

/** Texts of the project that are part of the evaluator: name in the bundle, file, and what is wrong with it. */
const PROJECT_TEXTS: readonly {
  readonly name: string;
  readonly file: string;
  readonly issuesIn: (spec: SpecFile) => readonly Issue[];
}[] = [
  { name: "slos.yaml", file: "config/slos.yaml", issuesIn: (spec) => parseSlos([spec]).issues },
  { name: "alerts.yaml", file: "config/alerts.yaml", issuesIn: (spec) => parseAlerts(spec).issues },
];

/** Those that are there, by their name in the bundle. @throws UserError for one with errors: an evaluator that has it measures nothing */
export async function projectTexts(io: Io): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const { name, file, issuesIn } of PROJECT_TEXTS) {
    const text = await readText(io, file);
    if (text === undefined) continue;
    const errors = issuesIn({ file, text }).filter(({ severity }) => severity === "error");
    if (errors.length > 0)
      throw new UserError(`${file} is not valid, so nothing was started:\n${formatIssues(errors, [{ file, text }])}`);
    texts[name] = text;
  }
  return texts;
}

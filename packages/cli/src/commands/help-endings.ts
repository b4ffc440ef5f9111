import type { Command } from "commander";

/** Examples of commands whose own help says none, by the words that call them. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "runbook list": "monotask runbook list",
  "runbook show": "monotask runbook show high-error-rate",
  "queue depth": "monotask queue depth --json",
  "queue dlq show": "monotask queue dlq show 3f2a9c",
  "queue dlq drop": "monotask queue dlq drop 3f2a9c --yes",
  "sandbox list": "monotask sandbox list",
  "sandbox show": "monotask sandbox show sbx-3f2a9c",
  "sandbox reconcile": "monotask sandbox reconcile",
  "dashboard export schema": "monotask dashboard export schema > dashboard-schema.json",
};

const EXIT_CODES = "Exit codes: 0 done, 1 failed or the answer is no, 2 wrong usage";

/** Gives the help of every command what it does not say by itself: an example, and the exit codes. */
export function endHelp(command: Command, path: readonly string[] = []): void {
  for (const child of command.commands) endHelp(child, [...path, child.name()]);
  if (command.commands.length > 0) return;
  const said = endingOf(command);
  const example = EXAMPLES[path.join(" ")];
  if (example !== undefined && !/^Examples?:/m.test(said)) command.addHelpText("after", `\nExample: ${example}`);
  if (!/^Exit codes:/m.test(said)) command.addHelpText("after", `\n${EXIT_CODES}`);
}

/** What is wrong with the words of a call is said in one line, which ends with where to look. */
export function pointToHelp(command: Command, path: readonly string[] = ["monotask"]): void {
  for (const child of command.commands) pointToHelp(child, [...path, child.name()]);
  command.configureOutput({
    outputError: (text, write) => {
      const what = text
        .trim()
        .replace(/^error: /, "")
        .replaceAll(/\.?\n/g, " ")
        .replace(/\.$/, "");
      write(`monotask: ${what}; see: ${path.join(" ")} --help\n`);
    },
  });
}

/** The help as it is printed, with what was added behind the options. */
function endingOf(command: Command): string {
  const before = { ...command.configureOutput() };
  let said = "";
  command.configureOutput({ writeOut: (text) => (said += text) });
  command.outputHelp();
  command.configureOutput(before);
  return said;
}

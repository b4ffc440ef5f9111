import { SEVERITIES, SYMPTOMS, type AlertLabels } from "@monotask/alerts";
import { explainRoute, formatIssues, parseAlerts, type AlertConfig } from "@monotask/alerts/rules";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { postEvaluator } from "../evaluator-api.ts";
import { EXIT, UserError, type Io, UsageError } from "../io.ts";
import { textOf } from "../records.ts";
import { whoDoes } from "./alerts/alert-words.ts";

const DEFAULT_FILE = "config/alerts.yaml";

/** Adds `monotask alerts validate | route | push | rollback`. */
export function addRuleVerbs(alerts: Command, { io, done }: CommandContext): void {
  const verb = (name: string, description: string, example: string): Command =>
    alerts.command(name).description(description).addHelpText("after", `\nExample: monotask alerts ${example}`);
  const file = (command: Command): Command => command.option("--file <path>", "the rules file", DEFAULT_FILE);

  verb("validate", "check alert rules and routes and show every issue with its line", "validate config/alerts.yaml")
    .argument("[file]", "the rules file", DEFAULT_FILE)
    .option("--json", "rules and issues as JSON", false)
    .action(async (path: string, { json }: { json: boolean }) => {
      done(await validateRules(io, path, json));
    });
  file(verb("route", "who would hear of an alert, and which line decides", "route worker=api-gateway severity=critical"))
    .argument("<labels...>", "label=value")
    .option("--at <time>", "at this moment, ISO 8601, for quiet hours; now by default")
    .action(async (labels: string[], options: { file: string; at?: string }) => {
      done(await showRoute(io, labels, options));
    });
  file(verb("push", "make a rules file hold at once, without a deploy", "push --by kim"))
    .option("--by <name>", "who does it; $USER by default")
    .action(async (options: { file: string; by?: string }) => {
      done(await pushRules(io, options));
    });
  verb("rollback", "make the rules before hold again; --to 0 is what was deployed", "rollback")
    .option("--to <revision>", "a revision that a push has named")
    .action(async (options: { to?: string }) => {
      done(await rollbackRules(io, options.to));
    });
}

/** `monotask alerts validate`: every issue. Exit code 0 valid, 1 invalid. */
export async function validateRules(io: Io, path: string, isJson: boolean): Promise<number> {
  const { text, config, issues } = await readRules(io, path);
  const errors = issues.filter(({ severity }) => severity === "error").length;
  if (isJson) io.out(JSON.stringify({ rules: config?.rules.map(({ name }) => name) ?? [], issues }, undefined, 2));
  else {
    if (issues.length > 0) io.out(`${formatIssues(issues, [{ file: path, text }])}\n`);
    const what = config ? `${config.rules.length} rules, ${config.routes.length} routes and a fallback in ` : "";
    io.out(`${what}${path}: ${errors} error${errors === 1 ? "" : "s"}`);
  }
  return errors > 0 ? EXIT.failed : EXIT.ok;
}

/** `monotask alerts route worker=x severity=critical`: who hears, and why each line before did not decide. */
export async function showRoute(io: Io, words: readonly string[], options: { file: string; at?: string }): Promise<number> {
  const config = await validRules(io, options.file);
  const nowMs = options.at === undefined ? io.now() : Date.parse(options.at);
  if (Number.isNaN(nowMs)) throw new UsageError(`--at "${options.at}" is no time; write 2026-11-24T22:30Z`);
  const { steps, route, targets, escalation, quiet } = explainRoute(config, labelsOf(words), nowMs);
  for (const { line, text, outcome, failed } of steps) {
    io.out(`${options.file}:${line} ${text}: ${outcome}${failed === undefined ? "" : ` (${failed})`}`);
  }
  io.out(`\nDecided by ${route}.\nTold: ${targets.join(", ")}.`);
  let waitMs = 0;
  for (const level of escalation) {
    waitMs += level.afterMs;
    io.out(`Not acknowledged after ${waitMs / 60_000} min: ${level.targets.join(", ")}.`);
  }
  if (quiet) io.out(`Held back by quiet hours "${quiet.name}" until ${new Date(quiet.untilMs).toISOString()}.`);
  return EXIT.ok;
}

/** `monotask alerts push`: the file holds from the next tick on. */
export async function pushRules(io: Io, options: { file: string; by?: string }): Promise<number> {
  await validRules(io, options.file);
  const answer = await postEvaluator(io, "/api/v1/alert-rules", {
    text: await io.readFile(options.file),
    by: whoDoes(io, options.by),
  });
  io.out(`Revision ${revisionOf(answer)} holds. Next: monotask alerts rollback takes it back.`);
  return EXIT.ok;
}

/** `monotask alerts rollback`. */
export async function rollbackRules(io: Io, to: string | undefined): Promise<number> {
  if (to !== undefined && !/^\d+$/.test(to)) throw new UserError(`--to "${to}" is no revision; 0 is what was deployed`);
  const answer = await postEvaluator(io, "/api/v1/alert-rules/rollback", to === undefined ? {} : { to: Number(to) });
  const revision = revisionOf(answer);
  io.out(revision === "0" ? "The deployed rules hold." : `Revision ${revision} holds.`);
  return EXIT.ok;
}

function revisionOf(answer: unknown): string {
  return textOf({ ...(typeof answer === "object" ? answer : {}) }, "revision");
}

async function readRules(io: Io, path: string): Promise<{ text: string } & ReturnType<typeof parseAlerts>> {
  const text = await io.readFile(path).catch(() => {
    throw new UserError(`${path} cannot be read; name the rules file: config/alerts.yaml`);
  });
  return { text, ...parseAlerts({ file: path, text }) };
}

async function validRules(io: Io, path: string): Promise<AlertConfig> {
  const { text, config, issues } = await readRules(io, path);
  if (!config) throw new UserError(`${path} is not valid:\n${formatIssues(issues, [{ file: path, text }])}`);
  return config;
}

/** Labels as typed; what is left out is what an alert of production mostly has. */
function labelsOf(words: readonly string[]): AlertLabels {
  const labels: AlertLabels = { worker: "", environment: "production", team: "", symptom: "errors", severity: "critical" };
  for (const word of words) {
    const [, name, value] = /^([\w.-]+)=(.*)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`"${word}" is no label; write worker=api-gateway`);
    if (name === "severity") labels.severity = oneOf(SEVERITIES, name, value);
    else if (name === "symptom") labels.symptom = oneOf(SYMPTOMS, name, value);
    else labels[name] = value;
  }
  return labels;
}

function oneOf<T extends string>(words: readonly T[], name: string, value: string): T {
  const word = words.find((known) => known === value);
  if (word === undefined) throw new UsageError(`${name} "${value}" is not known; use ${words.join(", ")}`);
  return word;
}

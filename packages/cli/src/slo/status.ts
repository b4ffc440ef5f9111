import { formatMinutes } from "@monotask/slo";
import { colour } from "../colour.ts";
import type { Tone } from "../colour.ts";
import { readEvaluator } from "../evaluator-api.ts";
import { EXIT, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { recordsOf, textOf } from "../records.ts";
import type { JsonRecord } from "../records.ts";
import { table } from "../table.ts";

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
    io.out(table(["SLO", "TARGET", "STATE", "BUDGET LEFT"], rows, io.columns));
    io.out(`\n${slos.map((slo) => `${textOf(slo, "name")}: ${textOf(slo, "sentence")}`).join("\n")}`);
  }
  return EXIT.ok;
}

const TONES: Readonly<Record<string, Tone>> = { ok: "ok", burning: "critical", exhausted: "critical", "no-data": "warning" };

/** `monotask slo explain NAME`: why one SLO stands as it does. */
export async function explainSlo(io: Io, name: string): Promise<number> {
  const slo = await statusOf(io, name);
  const state = textOf(slo, "state");
  const left = `${textOf(slo, "budgetLeftEvents")} of ${textOf(slo, "budgetAllowedEvents")} events`;
  const minutes = `${numberOf(slo, "budgetLeftMinutes").toFixed(1)} of ${numberOf(slo, "budgetAllowedMinutes").toFixed(1)} minutes`;
  const exhausted = slo["exhaustedInMinutes"];
  io.out(`${name}: ${colour(io, TONES[state] ?? "muted", state)}, ${slo["isMet"] === true ? "met" : "not met"} so far`);
  io.out(`\n${textOf(slo, "sentence")}`);
  io.out(
    `\nTarget ${textOf(slo, "target")} over ${textOf(slo, "window")}. Budget left: ${left}, ${minutes} of outage (${percentOf(slo["budgetLeftRatio"])}).`,
  );
  if (typeof exhausted === "number") io.out(`Gone in ${formatMinutes(Math.round(exhausted))} at the present rate.`);
  const windows = recordsOf(slo, "windows").map((window) => [
    formatMinutes(numberOf(window, "minutes")),
    `${numberOf(window, "burn").toPrecision(3)}×`,
    `${textOf(window, "bad")} of ${textOf(window, "total")}`,
    percentOf(window["coverage"]),
  ]);
  io.out(`\n${table(["WINDOW", "BURN", "BAD", "MEASURED"], windows, io.columns)}`);
  const rules = recordsOf(slo, "rules").map((rule) => [
    textOf(rule, "id"),
    `${formatMinutes(numberOf(rule, "longMinutes"))} and ${formatMinutes(numberOf(rule, "shortMinutes"))} above ${numberOf(rule, "factor").toPrecision(3)}×`,
    verdictOf(rule),
  ]);
  io.out(`\n${table(["RULE", "FIRES WHEN", "NOW"], rules, io.columns)}`);
  for (const exclusion of recordsOf(slo, "exclusions")) io.out(`Excluded ${stretchOf(exclusion)}`);
  for (const late of recordsOf(await readEvaluator(io, `/api/v1/slos/${name}`), "recomputed")) {
    const left = `${textOf(late, "total")} events left out, ${textOf(late, "bad")} of them bad`;
    io.out(`Recomputed ${timeOf(late, "minute")} UTC for ${stretchOf(late)} (${left})`);
  }
  return EXIT.ok;
}

function stretchOf(range: JsonRecord): string {
  const time = `${timeOf(range, "fromMinute")} to ${timeOf(range, "toMinute")} UTC`;
  return `${time} by ${textOf(range, "by")}: ${textOf(range, "reason")}`;
}

function timeOf(record: JsonRecord, key: string): string {
  return new Date(numberOf(record, key) * 60_000).toISOString().slice(0, 16);
}

/** The status of one SLO. @throws UserError where the evaluator knows none of the name */
export async function statusOf(io: Io, name: string): Promise<JsonRecord> {
  const slos = recordsOf(await readEvaluator(io, "/api/v1/slos"), "slos");
  const slo = slos.find((candidate) => candidate["name"] === name);
  if (slo === undefined)
    throw new UserError(
      `the evaluator knows no SLO "${name}"; it knows ${slos.map((each) => textOf(each, "name")).join(", ") || "none yet"}`,
    );
  return slo;
}

function verdictOf(rule: JsonRecord): string {
  const heldBackBy = textOf(rule, "heldBackBy");
  if (heldBackBy === "low-traffic") return "held back: too few events to rule chance out";
  if (heldBackBy === "sampling") return "held back: sampling leaves it open";
  return textOf(rule, "verdict");
}

export function numberOf(record: JsonRecord, key: string): number {
  const value = record[key];
  return typeof value === "number" ? value : Number.NaN;
}

export function percentOf(value: unknown): string {
  return typeof value === "number" ? `${(value * 100).toFixed(1)} %` : "unknown";
}

import { formatBurn, formatCount, formatFactor, formatMinutes, formatMinuteUtc, formatSpan } from "@monotask/slo";
import { colour } from "../colour.ts";
import type { Tone } from "../colour.ts";
import { readEvaluator } from "../evaluator-api.ts";
import { EXIT, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { recordOf, recordsOf, textOf } from "../records.ts";
import type { JsonRecord } from "../records.ts";
import { table } from "../table.ts";

/** `monotask slo status`: how each SLO stands, from the evaluator; what needs somebody first. */
export async function showSloStatus(io: Io, isJson: boolean): Promise<number> {
  const answer = await readEvaluator(io, "/api/v1/slos");
  const slos = recordsOf(answer, "slos").toSorted((a, b) => urgencyOf(a) - urgencyOf(b));
  if (isJson) io.out(JSON.stringify(answer, undefined, 2));
  else if (slos.length === 0)
    io.out("No SLO has been judged yet. The evaluator decides its first minute about two minutes after it starts.");
  else {
    const rows = slos.map((slo) => [
      textOf(slo, "name"),
      textOf(slo, "target"),
      colour(io, toneOf(slo), textOf(slo, "state")),
      percentOf(slo["budgetLeftRatio"]),
    ]);
    sayAge(io, ageOf(answer));
    io.out(table(["SLO", "TARGET", "STATE", "BUDGET LEFT"], rows, io.columns));
    io.out(`\n${slos.map((slo) => `${textOf(slo, "name")}: ${textOf(slo, "sentence")}`).join("\n")}`);
  }
  return EXIT.ok;
}

const TONES: Readonly<Record<string, Tone>> = { ok: "ok", burning: "critical", exhausted: "critical", "no-data": "warning" };
const URGENCY = ["burning", "exhausted", "no-data"];

function toneOf(slo: JsonRecord): Tone {
  return TONES[textOf(slo, "state")] ?? "muted";
}

function urgencyOf(slo: JsonRecord): number {
  const at = URGENCY.indexOf(textOf(slo, "state"));
  return at === -1 ? URGENCY.length : at;
}

/** The newest minute that was decided, and how many minutes it lies behind the evaluator's clock; undefined before the first. */
interface Age {
  readonly minute: number;
  readonly minutes: number;
}

function ageOf(answer: unknown): Age | undefined {
  const record = recordOf({ answer }, "answer") ?? {};
  const minute = numberOf(record, "minute");
  return Number.isNaN(minute) ? undefined : { minute, minutes: numberOf(record, "nowMinute") - minute };
}

/** A decision lies two minutes back, because rows arrive late; after this many nothing is being decided. */
const FRESH_MINUTES = 10;

/** Why an answer is not how things stand now; undefined where it is. An evaluator of an older version does not say. */
export function staleness(age: Age | undefined): string | undefined {
  if (age === undefined || !(age.minutes > FRESH_MINUTES)) return undefined;
  return `nothing has been decided since ${formatMinuteUtc(age.minute)}, ${formatSpan(age.minutes)} ago: the evaluator's cron stands still, or it cannot measure; see: monotask alerts list`;
}

function sayAge(io: Io, age: Age | undefined): void {
  const stale = staleness(age);
  if (stale !== undefined) io.out(`${colour(io, "warning", `This is how it was: ${stale}`)}\n`);
  else if (age !== undefined) io.out(`As of ${formatMinuteUtc(age.minute)}\n`);
}

/** `monotask slo explain NAME`: why one SLO stands as it does. */
export async function explainSlo(io: Io, name: string): Promise<number> {
  const { slo, age } = await statusOf(io, name);
  sayAge(io, age);
  io.out(`${name}: ${colour(io, toneOf(slo), textOf(slo, "state"))}, ${slo["isMet"] === true ? "met" : "not met"} so far`);
  io.out(`\n${textOf(slo, "sentence")}`);
  for (const alert of recordsOf(slo, "alerts").filter((each) => each["isFiring"] === true))
    io.out(
      colour(io, "critical", `${textOf(alert, "rule")} has been firing since ${formatMinuteUtc(numberOf(alert, "sinceMinute"))}`),
    );
  io.out(`\nTarget ${textOf(slo, "target")} over ${windowText(slo)}. ${budgetText(slo)}`);
  const exhausted = slo["exhaustedInMinutes"];
  if (typeof exhausted === "number") io.out(`Gone in ${formatSpan(exhausted)} at the present rate.`);
  const windows = recordsOf(slo, "windows").map((window, at, all) => [
    at === all.length - 1 ? (calendarUnit(slo) ?? lengthText(window, "minutes")) : lengthText(window, "minutes"),
    formatBurn(numberOf(window, "burn")),
    `${formatCount(numberOf(window, "bad"))} of ${formatCount(numberOf(window, "total"))}`,
    percentOf(window["coverage"]),
  ]);
  io.out(`\n${table(["WINDOW", "BURN", "BAD", "MEASURED"], windows, io.columns)}`);
  const rules = recordsOf(slo, "rules").map((rule) => [
    textOf(rule, "id"),
    `${lengthText(rule, "longMinutes")} and ${lengthText(rule, "shortMinutes")} above ${formatFactor(numberOf(rule, "factor"))}`,
    verdictOf(rule),
  ]);
  io.out(`\n${table(["RULE", "FIRES WHEN", "NOW"], rules, io.columns)}`);
  for (const exclusion of recordsOf(slo, "exclusions")) io.out(`Excluded ${stretchOf(exclusion)}`);
  for (const late of recordsOf(await readEvaluator(io, `/api/v1/slos/${name}`), "recomputed")) {
    const left = `${formatCount(numberOf(late, "total"))} events left out, ${formatCount(numberOf(late, "bad"))} of them bad`;
    io.out(`Recomputed ${timeOf(late, "minute")} UTC for ${stretchOf(late)} (${left})`);
  }
  return EXIT.ok;
}

/** `month` of a calendar window `month Europe/Berlin`; undefined of a rolling one. */
function calendarUnit(slo: JsonRecord): string | undefined {
  return /^(week|month|quarter) /.exec(textOf(slo, "window"))?.[1];
}

function windowText(slo: JsonRecord): string {
  const window = textOf(slo, "window");
  const unit = calendarUnit(slo);
  return unit === undefined ? window : `the calendar ${unit} (${window.slice(unit.length + 1)})`;
}

function budgetText(slo: JsonRecord): string {
  const [left, allowed] = [numberOf(slo, "budgetLeftEvents"), numberOf(slo, "budgetAllowedEvents")];
  const share = percentOf(slo["budgetLeftRatio"]);
  if (left < 0) return `Budget of ${formatCount(allowed)} events overspent by ${formatCount(-left)} (${share} left).`;
  const minutes = `${numberOf(slo, "budgetLeftMinutes").toFixed(1)} of ${numberOf(slo, "budgetAllowedMinutes").toFixed(1)} minutes`;
  return `Budget left: ${formatCount(left)} of ${formatCount(allowed)} events, ${minutes} of outage (${share}).`;
}

function lengthText(record: JsonRecord, key: string): string {
  return formatMinutes(numberOf(record, key));
}

function stretchOf(range: JsonRecord): string {
  const time = `${timeOf(range, "fromMinute")} to ${timeOf(range, "toMinute")} UTC`;
  return `${time} by ${textOf(range, "by")}: ${textOf(range, "reason")}`;
}

function timeOf(record: JsonRecord, key: string): string {
  return new Date(numberOf(record, key) * 60_000).toISOString().slice(0, 16);
}

/** The status of one SLO. @throws UserError where the evaluator knows none of the name */
export async function statusOf(io: Io, name: string): Promise<{ readonly slo: JsonRecord; readonly age: Age | undefined }> {
  const answer = await readEvaluator(io, "/api/v1/slos");
  const slos = recordsOf(answer, "slos");
  const slo = slos.find((candidate) => candidate["name"] === name);
  if (slo === undefined)
    throw new UserError(
      `the evaluator knows no SLO "${name}"; it knows ${slos.map((each) => textOf(each, "name")).join(", ") || "none yet"}`,
    );
  return { slo, age: ageOf(answer) };
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

/** One decimal, rounded down: 99.98 % of a budget is not all of it, and 9.96 % is less than 10. */
export function percentOf(value: unknown): string {
  return typeof value === "number" ? `${(Math.floor(value * 1_000 + 1e-6) / 10).toFixed(1)} %` : "unknown";
}

import { createLogpushCounter, historyRanges, parseDurationMs, replay } from "@monotask/slo";
import type { Firing, LogpushCounter, Replayed, Slice, Slo } from "@monotask/slo";
import { readEvaluator } from "../evaluator-api.ts";
import { EXIT, UserError, UsageError } from "../io.ts";
import type { Io } from "../io.ts";
import { isMissing, reasonOf } from "../read-text.ts";
import { recordOf, recordsOf, textOf } from "../records.ts";
import { table } from "../table.ts";
import { sloNamed, soundSlos } from "./spec-files.ts";
import { numberOf, percentOf } from "./status.ts";
import { progressOf } from "../progress.ts";

export interface ReplayCommandOptions {
  readonly from: string;
  readonly since: string;
  readonly slo?: string;
}

const MINUTE_MS = 60_000;
/** The evaluator answers with at most 3,000 cells. */
const CELLS_AT_ONCE = 3_000;

/** `monotask slo replay SPEC`: what new or edited SLOs would have done over what was measured. */
export async function replaySlos(io: Io, path: string, options: ReplayCommandOptions): Promise<number> {
  const parsed = await soundSlos(io, [path]);
  const slos = options.slo === undefined ? parsed.slos : [sloNamed(parsed.slos, options.slo)];
  const progress = progressOf(io, "Replaying");
  const results = options.from.startsWith("logpush:")
    ? await replayLog(io, slos, options.from.slice("logpush:".length), progress)
    : await replayStored(io, slos, options, progress);
  if (results.length === 0) io.out("Nothing was measured in that time.");
  for (const result of results) io.out(`${describe(result)}\n`);
  return EXIT.ok;
}

/** Each SLO over its own stored counts; its target, window and rules may be new, its indicator is what was measured. */
async function replayStored(
  io: Io,
  slos: readonly Slo[],
  { from, since }: ReplayCommandOptions,
  progress: (share: number) => void,
): Promise<Replayed[]> {
  if (from !== "slices") throw new UsageError(`--from "${from}" is not known: write slices or logpush:FILE`);
  const sinceMs = parseDurationMs(since);
  if (sinceMs === undefined) throw new UsageError(`--since "${since}" is not a duration: write 30d, 12h or 90m`);
  const nowMinute = await newestMinute(io);
  const results: Replayed[] = [];
  for (const [index, slo] of slos.entries()) {
    const cells = await storedCells(io, slo, nowMinute - Math.ceil(sinceMs / MINUTE_MS), nowMinute);
    results.push(...replay([slo], cells));
    progress((index + 1) / slos.length);
  }
  return results;
}

/** The newest minute that is stored, by the evaluator's clock. */
async function newestMinute(io: Io): Promise<number> {
  const minute = recordOf({ answer: await readEvaluator(io, "/api/v1/slos") }, "answer")?.["minute"];
  return typeof minute === "number" ? minute : Math.floor(io.now() / MINUTE_MS);
}

async function storedCells(io: Io, slo: Slo, sinceMinute: number, nowMinute: number): Promise<Slice[]> {
  const cells: Slice[] = [];
  for (const { spanMinutes, fromMinute, beforeMinute } of historyRanges(undefined, nowMinute)) {
    for (let from = Math.max(fromMinute, sinceMinute); from < beforeMinute; from += CELLS_AT_ONCE * spanMinutes) {
      const before = Math.min(beforeMinute, from + CELLS_AT_ONCE * spanMinutes);
      const path = `/api/v1/slos/${slo.name}/slices?span=${spanMinutes}&from=${from}&before=${before}`;
      cells.push(
        ...recordsOf(await readEvaluator(io, path), "slices").map((cell): Slice => {
          const [good, total] = [numberOf(cell, "good"), numberOf(cell, "total")];
          const [varGood, varTotal] = [numberOf(cell, "varGood"), numberOf(cell, "varTotal")];
          const measured = numberOf(cell, "measuredMinutes");
          return {
            sloName: textOf(cell, "sloName"),
            minute: numberOf(cell, "minute"),
            spanMinutes,
            measuredMinutes: Number.isNaN(measured) ? spanMinutes : measured,
            good,
            total,
            varGood,
            varTotal,
          };
        }),
      );
    }
  }
  return cells;
}

/** What SLOs on requests would have done over a log. One that none of its lines counts for is named, not shown as if all were well. */
async function replayLog(
  io: Io,
  slos: readonly Slo[],
  file: string,
  progress: (share: number) => void,
): Promise<readonly Replayed[]> {
  if (file === "") throw new UsageError("--from logpush: names no file: write logpush:FILE.ndjson or logpush:FILE.ndjson.gz");
  const [ofRequests, others] = [slos.filter(isOnRequests), slos.filter((slo) => !isOnRequests(slo))];
  if (others.length > 0)
    io.err(`monotask: logs hold requests only; left out: ${others.map((slo) => slo.name).join(", ")} (choose with --slo)`);
  const counter = await countLog(io, ofRequests, file, progress);
  const slices = counter.slices();
  requirePlausible(file, slices);
  const measured = new Set(slices.map((slice) => slice.sloName));
  for (const { name, indicator } of ofRequests.filter((slo) => !measured.has(slo.name))) {
    const { worker, environment } = indicator.filter;
    const asked = [...(worker ?? []), ...(environment ?? [])].join(", ");
    io.err(`monotask: ${name}: no line is of ${asked}; the log is of ${counter.workers().join(", ") || "nobody"}, production`);
  }
  return replay(
    ofRequests.filter((slo) => measured.has(slo.name)),
    slices,
    { onProgress: progress },
  );
}

/** Longer than any window and any log: a replay goes minute by minute, and one wrong time would make it go through decades. */
const LONGEST_DAYS = 400;
/** The last minute that has a date. */
const LAST_MINUTE = 8.64e15 / MINUTE_MS;

/** @throws UserError where a time of the log is in another unit than milliseconds, or far from the others */
function requirePlausible(file: string, slices: readonly Slice[]): void {
  const first = slices.reduce((least, { minute }) => Math.min(least, minute), Infinity);
  const last = slices.reduce((most, { minute }) => Math.max(most, minute), -Infinity);
  const fix = "EventTimestampMs is milliseconds since 1970; take the lines out that are wrong";
  if (last > LAST_MINUTE || first < -LAST_MINUTE) throw new UserError(`${file} has a line whose time is no date: ${fix}`);
  if (last - first > LONGEST_DAYS * 1_440)
    throw new UserError(`${file} reaches from ${timeOf(first)} to ${timeOf(last)}, over ${LONGEST_DAYS} days: ${fix}`);
}

function isOnRequests({ indicator }: Slo): boolean {
  return indicator.kind === "request";
}

async function countLog(io: Io, slos: readonly Slo[], file: string, progress: (share: number) => void): Promise<LogpushCounter> {
  const counter = createLogpushCounter(slos);
  try {
    for await (const bytes of io.readBytes(file, progress)) counter.addBytes(bytes);
    counter.end();
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${isMissing(error) ? "there is no such file" : reasonOf(error)}`);
  }
  const { lines, firstLine } = counter.malformed;
  io.err(`${counter.requests} requests read, ${counter.others} other ${counter.others === 1 ? "line" : "lines"}`);
  if (firstLine !== undefined)
    io.err(`monotask: ${file}:${firstLine}: no JSON; ${lines === 1 ? "the line is" : `${lines} such lines are`} left out`);
  return counter;
}

function describe({ slo, timings, fromMinute, toMinute, last }: Replayed): string {
  const rows = timings
    .all()
    .flatMap(([rule, firings]) => (firings.length === 0 ? [[rule, "never", ""]] : firings.map((firing) => rowOf(rule, firing))));
  const head = `${slo.name}, ${timeOf(fromMinute)} to ${timeOf(toMinute)}: ${percentOf(last.budget.leftRatio)} of the budget left at the end`;
  return `${head}\n${last.sentence}\n${table(["ALERT", "FIRED", "CLEARED"], rows)}`;
}

function rowOf(rule: string, { firedMinute, clearedMinute }: Firing): string[] {
  return [rule, timeOf(firedMinute), clearedMinute === undefined ? "still fires" : timeOf(clearedMinute)];
}

function timeOf(minute: number): string {
  return `${new Date(minute * MINUTE_MS).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

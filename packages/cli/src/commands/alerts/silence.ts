import { postEvaluator, readEvaluator } from "../../evaluator-api.ts";
import { EXIT, UserError, type Io, UsageError } from "../../io.ts";
import { recordsOf, textOf, type JsonRecord } from "../../records.ts";
import { table } from "../../table.ts";
import { clockText, whoDoes } from "./alert-words.ts";
import { isConfirmed } from "./close.ts";
import { alertTable } from "./list.ts";

export interface SilenceOptions {
  readonly for?: string;
  readonly until?: string;
  readonly from?: string;
  readonly why?: string;
  readonly by?: string;
  readonly preview: boolean;
  readonly yes: boolean;
}

/** `monotask alerts silence MATCHER…`: shows what it would hide, asks, then holds it back. */
export async function silenceAlerts(io: Io, matchers: readonly string[], options: SilenceOptions): Promise<number> {
  const hides = recordsOf(await postEvaluator(io, "/api/v1/silences/preview", { matchers }), "hides");
  io.out(hides.length === 0 ? `Nothing that fires now matches ${matchers.join(" ")}.` : `${alertTable(io, hides)}\n`);
  if (options.preview) return EXIT.ok;
  const request = { matchers, ...times(io, options), by: whoDoes(io, options.by), why: reason(options) };
  const until = clockText(request.untilMs, io.now());
  const what = `Hold back ${hides.length} alert${hides.length === 1 ? "" : "s"}, and what else matches, until ${until}?`;
  if (!options.yes && !(await isConfirmed(io, what)))
    throw new UserError("nothing is silenced; add --yes to do it without a question");
  const answer = await postEvaluator(io, "/api/v1/silences", request);
  const id = silenceIdOf(answer);
  io.out(`Silenced until ${until}. You are warned an hour before it ends; what still fires then is told.`);
  io.out(`Next: monotask alerts unsilence ${id} ends it early.`);
  return EXIT.ok;
}

/** `monotask alerts unsilence ID`. */
export async function endSilence(io: Io, id: string, by: string | undefined): Promise<number> {
  await postEvaluator(io, `/api/v1/silences/${encodeURIComponent(id)}/end`, { by: whoDoes(io, by) });
  io.out(`Silence ${id} has ended. What it hid and still fires is told now.`);
  return EXIT.ok;
}

/** `monotask alerts silences`. */
export async function listSilences(io: Io, isJson: boolean): Promise<number> {
  const answer = await readEvaluator(io, "/api/v1/silences");
  const silences = recordsOf(answer, "silences");
  if (isJson) io.out(JSON.stringify(answer, undefined, 2));
  else if (silences.length === 0) io.out("No silence holds.");
  else {
    const rows = silences.map((one) => [
      textOf(one, "id"),
      recordsOf(one, "matchers").map(matcherText).join(" "),
      clockText(one["fromMs"], io.now()),
      clockText(one["untilMs"], io.now()),
      textOf(one, "by"),
      textOf(one, "why"),
    ]);
    io.out(table(["ID", "MATCHES", "FROM", "UNTIL", "BY", "WHY"], rows, io.columns));
  }
  return EXIT.ok;
}

function matcherText(matcher: JsonRecord): string {
  return `${textOf(matcher, "label")}${textOf(matcher, "op")}${textOf(matcher, "value")}`;
}

function times(io: Io, options: SilenceOptions): { untilMs: number; fromMs?: number } {
  const fromMs = options.from === undefined ? undefined : timeOf("--from", options.from);
  const from = fromMs === undefined ? {} : { fromMs };
  if (options.until !== undefined) return { untilMs: timeOf("--until", options.until), ...from };
  if (options.for === undefined) throw new UsageError("say how long: --for 2h, or --until 2026-11-24T18:00Z");
  return { untilMs: (fromMs ?? io.now()) + durationOf(options.for), ...from };
}

function timeOf(option: string, text: string): number {
  const atMs = Date.parse(text);
  if (!Number.isFinite(atMs)) throw new UsageError(`${option} ${text} is no time: write 2026-11-24T18:00Z`);
  return atMs;
}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationOf(text: string): number {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit ?? ""];
  if (count === undefined || unitMs === undefined) throw new UsageError(`--for ${text} is no duration: write 30m, 2h or 1d`);
  return Number(count) * unitMs;
}

function reason({ why }: SilenceOptions): string {
  if (why === undefined || why.trim() === "")
    throw new UsageError('say why, whoever is on call next reads it: --why "migration"');
  return why.trim();
}

function silenceIdOf(answer: unknown): string {
  const silence = typeof answer === "object" && answer !== null && "silence" in answer ? answer.silence : undefined;
  return typeof silence === "object" && silence !== null ? textOf({ ...silence }, "id") : "";
}

import { whoDoes } from "../alerts/alert-words.ts";
import { isConfirmed } from "../alerts/close.ts";
import { postEvaluator, readEvaluator } from "../../evaluator-api.ts";
import { EXIT, UserError, type Io, UsageError } from "../../io.ts";
import { countOf, recordsOf, textOf, textsOf, type JsonRecord } from "../../records.ts";
import { table } from "../../table.ts";

/** Which dead letters are meant; every part given must fit. */
export interface Selection {
  readonly queue?: string;
  readonly fingerprint?: string;
  readonly reason?: string;
}

interface Action extends Selection {
  readonly all: boolean;
  readonly by?: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Room for 32 characters of id beside the other columns. */
const LEAST_COLUMNS = 160;
const LIST = "/api/v1/queues/dlq";

/** `monotask queue dlq list` */
export async function listLetters(
  io: Io,
  options: Selection & { readonly state?: string; readonly limit: string; readonly json: boolean },
): Promise<number> {
  const answer = await readEvaluator(io, `${LIST}?${query(options, { state: options.state, limit: options.limit })}`);
  if (options.json) {
    io.out(JSON.stringify(answer, undefined, 2));
    return EXIT.ok;
  }
  const letters = recordsOf(answer, "letters");
  if (letters.length === 0) {
    const isNarrowed = options.state !== undefined || Object.keys(selected(options)).length > 0;
    io.out(isNarrowed ? "No dead letter fits." : "No dead letter waits.");
    return EXIT.ok;
  }
  io.out(letterTable(io, letters));
  const total = countOf(answer, "total");
  io.out(`\n${letters.length} of ${total}. Next: monotask queue dlq show ID, then redrive or drop.`);
  return EXIT.ok;
}

/** `monotask queue dlq show ID` */
export async function showLetter(
  io: Io,
  id: string,
  options: { readonly queue?: string; readonly json: boolean },
): Promise<number> {
  const answer = await readEvaluator(io, `${LIST}/${encodeURIComponent(id)}?${query({}, { queue: options.queue })}`);
  if (options.json) io.out(JSON.stringify(answer, undefined, 2));
  else io.out(recordsOf(answer, "letters").map(letterText).join("\n\n"));
  return EXIT.ok;
}

/** `monotask queue dlq redrive`: goes on until all are sent, waiting as the evaluator asks. */
export async function redriveLetters(
  io: Io,
  ids: readonly string[],
  options: Action & { readonly includeUncertain: boolean },
): Promise<number> {
  const filter = filterOf(ids, options, "redrive");
  const wanted = await wantedOf(io, ids, options, "Send", "back");
  if (wanted !== "yes") return wanted;
  const request = { filter, by: whoDoes(io, options.by), includeUncertain: options.includeUncertain };
  let redriven = 0;
  const refused: JsonRecord[] = [];
  const uncertain: string[] = [];
  for (;;) {
    const answer = await postEvaluator(io, `${LIST}/redrive`, request);
    const news = recordsOf(answer, "refused");
    redriven += countOf(answer, "redriven");
    refused.push(...news);
    uncertain.push(...textsOf(answer, "uncertain"));
    const left = countOf(answer, "left");
    // What is refused stays where it was: asking again at once would only be refused again.
    if (left === 0 || news.length > 0) break;
    // Nothing to claim and nothing to wait for: others are redriving the rest.
    const waitMs = countOf(answer, "retryAfterMs");
    if (countOf(answer, "redriven") === 0 && waitMs === 0) break;
    if (io.isTty) io.err(`${redriven} sent, ${left} left`);
    if (!(await io.sleep(waitMs))) break;
  }
  io.out(`${redriven} dead letter${redriven === 1 ? " is" : "s are"} back in the queue.`);
  for (const each of refused) io.err(`${textOf(each, "id")} was refused and stays stored: ${textOf(each, "message")}`);
  if (uncertain.length > 0) {
    io.err(
      `The queue did not say whether it took ${uncertain.join(", ")}: look whether they were processed; --include-uncertain sends them again.`,
    );
  }
  return refused.length === 0 && uncertain.length === 0 ? EXIT.ok : EXIT.failed;
}

/** `monotask queue dlq drop` */
export async function dropLetters(io: Io, ids: readonly string[], options: Action): Promise<number> {
  const filter = filterOf(ids, options, "drop");
  if (Object.keys(filter).length === 0) throw new UsageError("name the queue whose dead letters are dropped: --all --queue NAME");
  const wanted = await wantedOf(io, ids, options, "Drop", "");
  if (wanted !== "yes") return wanted;
  const dropped = countOf(await postEvaluator(io, `${LIST}/drop`, { filter, by: whoDoes(io, options.by) }), "dropped");
  io.out(
    `${dropped} dead letter${dropped === 1 ? " is" : "s are"} dropped; each is kept for 30 more days: monotask queue dlq list --state dropped`,
  );
  return EXIT.ok;
}

/** Shows what is meant and asks. The exit code where the call ends there: after a dry run, or where nothing fits. */
async function wantedOf(io: Io, ids: readonly string[], options: Action, verb: string, where: string): Promise<"yes" | number> {
  const named = ids.length === 0 ? {} : { ids: ids.join(",") };
  const answer = await readEvaluator(io, `${LIST}?${query(options, { ...named, limit: "500" })}`);
  const letters = recordsOf(answer, "letters");
  const total = countOf(answer, "total");
  const found = letters.map((letter) => textOf(letter, "id"));
  for (const id of ids.filter((one) => !found.includes(one))) {
    io.err(`${id} is no dead letter that waits; what became of it: monotask queue dlq show ${id}`);
  }
  if (total === 0) {
    io.out("No dead letter fits; nothing is done.");
    return ids.length === 0 ? EXIT.ok : EXIT.failed;
  }
  if (options.dryRun) {
    io.out(`${letterTable(io, letters)}\n\n${total === 1 ? "It would be this one." : `It would be these ${total}.`}`);
    return EXIT.ok;
  }
  if (options.yes) return "yes";
  if (await isConfirmed(io, `${verb} ${total} dead letter${total === 1 ? "" : "s"}${where === "" ? "" : ` ${where}`}?`))
    return "yes";
  throw new UserError("nothing is done; add --yes to do it without a question");
}

function filterOf(ids: readonly string[], options: Action, verb: string): Record<string, unknown> {
  const isSelected = options.queue !== undefined || options.fingerprint !== undefined || options.reason !== undefined;
  if (ids.length > 0 && options.all) throw new UsageError("give message ids or --all, not both");
  if (ids.length === 0 && !options.all && !isSelected) {
    throw new UsageError(`say which: monotask queue dlq ${verb} ID…, or --queue, --fingerprint or --reason, or --all`);
  }
  return { ...selected(options), ...(ids.length > 0 ? { ids } : {}) };
}

function selected({ queue, fingerprint, reason }: Selection): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ queue, fingerprint, reason }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function query(selection: Selection, more: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(more).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]));
  return new URLSearchParams([...Object.entries(selected(selection)), ...given]).toString();
}

function letterTable(io: Io, letters: readonly JsonRecord[]): string {
  const rows = letters.map((letter) => [
    textOf(letter, "id"),
    textOf(letter, "queue"),
    textOf(letter, "state"),
    textOf(letter, "reason"),
    timeOf(letter["deadAtMs"]),
    textOf(letter, "fingerprint"),
    textOf(letter, "errorName") === "" ? "" : `${textOf(letter, "errorName")}: ${textOf(letter, "errorMessage")}`,
  ]);
  // Ids are copied from here: the table may wrap, but not cut them.
  return table(["ID", "QUEUE", "STATE", "REASON", "DIED", "FINGERPRINT", "ERROR"], rows, Math.max(io.columns, LEAST_COLUMNS));
}

function letterText(letter: JsonRecord): string {
  const lines: [string, string][] = [
    ["id", textOf(letter, "id")],
    ["queue", textOf(letter, "queue")],
    ["state", [textOf(letter, "state"), textOf(letter, "resolvedBy")].filter((text) => text !== "").join(" by ")],
    ["sent", timeOf(letter["sentAtMs"])],
    ["died", `${timeOf(letter["deadAtMs"])}, delivered ${timesOf(countOf(letter, "attempts"))}`],
    ["reason", textOf(letter, "reason")],
    ["error", `${textOf(letter, "errorName")}: ${textOf(letter, "errorMessage")}`],
    ["fingerprint", textOf(letter, "fingerprint")],
    ["redrives", textOf(letter, "redrives")],
    ["body", `${textOf(letter, "bodyBytes")} bytes in ${textOf(letter, "storedIn")}`],
  ];
  return `${lines.map(([name, text]) => `${name.padEnd(12)}${text}`).join("\n")}\n\n${textOf(letter, "preview")}`;
}

function timesOf(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function timeOf(ms: unknown): string {
  return typeof ms === "number" && ms > 0 ? new Date(ms).toISOString().slice(0, 19).replace("T", " ") : "";
}

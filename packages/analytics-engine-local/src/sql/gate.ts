import { checkKeywords } from "./check-keywords.ts";
import { refusalOfSpelling, undocumentedWord } from "./check-spelling.ts";
import { checkTree } from "./check-tree.ts";
import { formats } from "./documented.ts";
import { tokensOf, type Token } from "./lexer.ts";
import { textOfRefusal } from "./refusal.ts";
import { refusedStatements } from "./refused.ts";
import { rewrite } from "./rewrite.ts";
import { parseTree } from "./tree.ts";

/** What may run, or why not in the words of the answer. */
export type GateAnswer =
  { readonly ok: true; readonly sql: string; readonly format: string } | { readonly ok: false; readonly error: string };

export interface GateParts {
  /** Asks ClickHouse's parser; answers raw text. Must not run anything it is given as a string. */
  readonly ask: (sql: string) => Promise<string>;
  readonly datasets: () => readonly string[];
  /** What `now()` answers, in ms since 1970; undefined leaves it to ClickHouse. */
  readonly nowMs: (() => number) | undefined;
}

/** Longest statement ClickHouse's parser takes (`max_query_size`). */
const longestBytes = 262_144;

/**
 * Lets through what Workers Analytics Engine documents and nothing else. After a look at the spelling come three steps:
 * (a) `formatQuerySingleLine` refuses several statements and keeps every word: the words against an allow-list;
 * (b) `EXPLAIN AST` of that text: nodes, functions and tables against allow-lists;
 * (c) that same text is what runs, so that nothing stands between what was checked and what is done.
 */
export async function passGate(sql: string, parts: GateParts): Promise<GateAnswer> {
  if (Buffer.byteLength(sql) > longestBytes)
    return refuse(
      `the statement has ${Buffer.byteLength(sql)} bytes, at most ${longestBytes} are taken; ask for less in one query`,
    );
  const written = tokensOf(sql);
  const spelling = refusalOfSpelling(written);
  if (spelling !== undefined) return refuse(textOfRefusal(spelling));
  if (written[0]?.text.toUpperCase() === "SHOW") return showStatement(written);

  const formatted = await parsed(parts.ask(`SELECT formatQuerySingleLine(${quoted(sql)})`));
  if (!formatted.ok) {
    const undocumented = undocumentedWord(written);
    return undocumented === undefined ? formatted : refuse(`${formatted.error}; ${textOfRefusal(undocumented)}`);
  }
  const words = checkKeywords(formatted.text, tokensOf(formatted.text));
  if (words.kind === "refused") return refuse(textOfRefusal(words.refusal));
  if (words.kind === "unknownColumn") return refuse(unknownColumn(words.name));

  const explained = await parsed(parts.ask(`EXPLAIN AST ${words.text}`));
  if (!explained.ok) return explained;
  const tree = parseTree(explained.text);
  if (tree === undefined) return refuse("the statement could not be checked; write it more simply");
  const datasets = parts.datasets();
  const finding = checkTree(tree, (name) => datasets.includes(name));
  if (finding?.kind === "refused") return refuse(textOfRefusal(finding.refusal));
  if (finding?.kind === "unknownColumn") return refuse(unknownColumn(finding.name, finding.hint));
  if (finding?.kind === "unknownTable") return refuse(unknownTable(finding.name, datasets));
  const nowSecond = parts.nowMs === undefined ? undefined : Math.floor(parts.nowMs() / 1000);
  return { ok: true, sql: rewrite(words.text, nowSecond), format: words.format };
}

/** SHOW never reaches the parser: three statements are known, and each is answered by one of our own. */
function showStatement(tokens: readonly Token[]): GateAnswer {
  const words = tokens.filter((token) => token.text !== ";").map((token) => token.text);
  const [, what = "", formatWord, format = "JSON", ...rest] = words;
  const sql = Object.hasOwn(showAnswers, what.toUpperCase()) ? showAnswers[what.toUpperCase()] : undefined;
  if (sql === undefined) return refuse(textOfRefusal({ construct: `SHOW ${what}`, instead: refusedStatements["SHOW"] ?? "" }));
  if ((formatWord !== undefined && formatWord.toUpperCase() !== "FORMAT") || rest.length > 0)
    return refuse(
      textOfRefusal({ construct: `anything but FORMAT after SHOW ${what}`, instead: `write SHOW ${what} FORMAT JSON` }),
    );
  if (!formats.has(format))
    return refuse(textOfRefusal({ construct: `FORMAT ${format}`, instead: `write FORMAT ${[...formats].join(", FORMAT ")}` }));
  return { ok: true, sql, format };
}

const showAnswers: Readonly<Record<string, string>> = {
  TABLES: "SELECT name AS dataset FROM system.tables WHERE database = currentDatabase() ORDER BY name",
  TIMEZONE: "SELECT 'Etc/UTC' AS timezone",
  TIMEZONES: "SELECT time_zone AS timezone FROM system.time_zones ORDER BY time_zone",
};

/** Production's words for an unknown column, which readers look for. */
function unknownColumn(
  name: string,
  hint = "columns are dataset, timestamp, _sample_interval, index1, blob1…blob20, double1…double20 and your aliases",
): string {
  return `unable to find type of column: ${name} (${hint})`;
}

/** Production's words for a dataset without points, which readers take for "no data". */
function unknownTable(name: string, datasets: readonly string[]): string {
  const known = datasets.length === 0 ? "no dataset has points yet" : `datasets with points: ${datasets.slice(0, 20).join(", ")}`;
  return `unknown table: ${name} (a dataset exists from its first point on; ${known})`;
}

async function parsed(
  asking: Promise<string>,
): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string }> {
  try {
    return { ok: true, text: (await asking).trim() };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return refuse(text.replace(/\. Expected one of:[\s\S]*$/, "").replace(/: failed at/, " in the SQL: failed at"));
  }
}

function refuse(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

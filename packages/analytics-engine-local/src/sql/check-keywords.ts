import { columns } from "../table.ts";
import { allowedKeywords, formats } from "./documented.ts";
import { refusedFunctions, refusedKeywords } from "./refused.ts";
import type { Token } from "./lexer.ts";
import type { Refusal } from "./refusal.ts";

/** A statement's words after ClickHouse's formatter: keywords in capitals, every alias after AS. */
export type KeywordCheck =
  | { readonly kind: "allowed"; readonly format: string; /** the statement without FORMAT and LIMIT ALL */ readonly text: string }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "unknownColumn"; readonly name: string };

/**
 * Every word must be a documented keyword in a documented place, a function (left to the tree check), a column, an alias of
 * this statement, or the dataset. This sees the words that leave no trace in the tree: DISTINCT, FINAL, WITH TOTALS, NULLS FIRST.
 * @param formatted one statement as `formatQuerySingleLine` writes it
 */
export function checkKeywords(formatted: string, tokens: readonly Token[]): KeywordCheck {
  const { body, format } = withoutFormat(tokens);
  if (!formats.has(format)) return refused(`FORMAT ${format}`, `write FORMAT ${[...formats].join(", FORMAT ")}`);
  const aliases = new Set(body.flatMap((token, i) => (isKeyword(body[i - 1], "AS") ? [token.text] : [])));
  const findings = [checkClause, checkToken].flatMap((check) => body.flatMap((token, i) => check(token, i, body, aliases) ?? []));
  // A clause explains more than the unknown names in it.
  const worst = findings.find((finding) => finding.kind === "refused") ?? findings[0];
  return worst ?? { kind: "allowed", format, text: withoutLimitAll(formatted, body) };
}

function withoutFormat(tokens: readonly Token[]): { body: readonly Token[]; format: string } {
  const [word, name] = tokens.slice(-2);
  return word !== undefined && isKeyword(word, "FORMAT") && (name?.kind === "word" || name?.kind === "quoted")
    ? { body: tokens.slice(0, -2), format: name.text }
    : { body: tokens, format: "JSON" };
}

/** A word of SQL that Analytics Engine does not have, unless it is the name of a function. */
function checkClause(token: Token, i: number, body: readonly Token[]): KeywordCheck | undefined {
  const next = body[i + 1];
  const instead = refusedKeywords[token.text];
  if (token.kind !== "word" || instead === undefined || isKeyword(body[i - 1], "AS")) return undefined;
  if (isSymbol(next, "(") && refusedFunctions[token.text.toLowerCase()] !== undefined) return undefined;
  // WITH says little; the word after it says what was meant.
  return refused(
    nameOfClause(token.text, next),
    token.text === "WITH" ? (refusedKeywords[next?.text ?? ""] ?? instead) : instead,
  );
}

function checkToken(token: Token, i: number, body: readonly Token[], aliases: ReadonlySet<string>): KeywordCheck | undefined {
  const next = body[i + 1];
  if (token.kind === "symbol") return checkSymbol(token, i, body);
  if (token.kind === "quoted") return checkQuoted(token, i, body, aliases);
  if (token.kind !== "word") return undefined;
  const isAlias = isKeyword(body[i - 1], "AS");
  if (isAlias) return checkAlias(token.text);
  if (allowedKeywords.has(token.text)) return checkPlace(token, i, body);
  if (isSymbol(next, "(")) return undefined;
  if (knownColumns.has(token.text) || aliases.has(token.text) || isKeyword(body[i - 1], "FROM")) return undefined;
  // In a name like a.b the dot is what is refused.
  if (isSymbol(next, ".")) return undefined;
  return { kind: "unknownColumn", name: token.text };
}

const knownColumns = new Set(columns);

/** An alias spelt like a keyword would let that keyword pass as a name. */
function checkAlias(alias: string): KeywordCheck | undefined {
  return alias === alias.toUpperCase() && (allowedKeywords.has(alias) || refusedKeywords[alias] !== undefined)
    ? refused(`the alias ${alias}`, "choose a name that is no SQL word")
    : undefined;
}

function checkPlace(token: Token, i: number, body: readonly Token[]): KeywordCheck | undefined {
  const next = body[i + 1];
  if ((token.text === "GROUP" || token.text === "ORDER") && !isKeyword(next, "BY"))
    return refused(token.text, `write ${token.text} BY column`);
  if (token.text === "BY" && !isKeyword(body[i - 1], "GROUP") && !isKeyword(body[i - 1], "ORDER"))
    return refused("LIMIT … BY", "write GROUP BY and argMax(x, timestamp)");
  if (token.text === "FORMAT") return refused("FORMAT before the end", "write it last, once");
  if (token.text === "LIMIT" || token.text === "OFFSET") return checkCount(token.text, body.slice(i + 1));
  return undefined;
}

/** The formatter writes `LIMIT n OFFSET m` as `LIMIT m, n`, and ALL as a quoted name. */
function checkCount(keyword: string, rest: readonly Token[]): KeywordCheck | undefined {
  const isCount = (token: Token | undefined): boolean => token?.kind === "number" && /^\d+$/.test(token.text);
  const isAll = (token: Token | undefined): boolean => keyword === "LIMIT" && token?.kind === "quoted" && token.text === "ALL";
  const pair = keyword === "LIMIT" && isSymbol(rest[1], ",");
  const good = pair ? isCount(rest[0]) && (isCount(rest[2]) || isAll(rest[2])) : isCount(rest[0]) || isAll(rest[0]);
  const after = rest[pair ? 3 : 1];
  if (!good || (after?.kind === "symbol" && after.text !== ")"))
    return refused(`${keyword} with anything but a whole number`, `write ${keyword} 10`);
  return undefined;
}

/** Characters that could be taken for the tree's own marks are left out: the tree is read as text. */
const plainName = /^[\p{L}\p{N}_][\p{L}\p{N}_ .%/-]*$/u;

function checkQuoted(token: Token, i: number, body: readonly Token[], aliases: ReadonlySet<string>): KeywordCheck | undefined {
  const previous = body[i - 1];
  if (isSymbol(body[i + 1], "(")) return refused(`a function in quotes (${token.text})`, "write its name without quotes");
  if (token.text === "ALL" && (isKeyword(previous, "LIMIT") || (isSymbol(previous, ",") && isKeyword(body[i - 3], "LIMIT"))))
    return undefined;
  if (!plainName.test(token.text))
    return refused(`the name ${JSON.stringify(token.text)}`, "use letters, digits, spaces and _ - . % / in names");
  if (isKeyword(previous, "AS") || isKeyword(previous, "FROM") || aliases.has(token.text) || knownColumns.has(token.text))
    return undefined;
  return { kind: "unknownColumn", name: token.text };
}

const allowedSymbols = new Set(["(", ")", ",", "+", "-", "*", "/", "%", "=", "!=", "<", ">", "<=", ">="]);

function checkSymbol(token: Token, i: number, body: readonly Token[]): KeywordCheck | undefined {
  if (token.text === "," && isKeyword(body[i - 2], "FROM"))
    return refused("JOIN by a comma in FROM", refusedKeywords["JOIN"] ?? "");
  if (allowedSymbols.has(token.text)) return undefined;
  if (token.text !== ".") return refused(`\`${token.text}\``, "see the operators of the SQL reference");
  const [left, right] = [body[i - 1]?.text ?? "", body[i + 1]?.text ?? ""];
  return isKeyword(body[i - 2], "FROM")
    ? refused(`the table ${left}.${right}`, "only your datasets can be read, by their bare name; SHOW TABLES lists them")
    : refused(`the name ${left}.${right}`, "write the column alone; a query reads one table");
}

function nameOfClause(word: string, next: Token | undefined): string {
  return /^(?:WITH|INTO|NULLS|INNER|LEFT|RIGHT|FULL|CROSS|ARRAY)$/.test(word) &&
    next?.kind === "word" &&
    next.text === next.text.toUpperCase()
    ? `${word} ${next.text}`
    : word;
}

function withoutLimitAll(formatted: string, body: readonly Token[]): string {
  let text = formatted.slice(0, body.at(-1)?.end ?? 0);
  for (const [i, token] of [...body.entries()].reverse()) {
    if (token.kind !== "quoted" || token.text !== "ALL") continue;
    if (isKeyword(body[i - 1], "LIMIT")) text = text.slice(0, body[i - 1]?.start) + text.slice(token.end);
    else if (isKeyword(body[i - 3], "LIMIT"))
      text = `${text.slice(0, body[i - 3]?.start)}OFFSET ${body[i - 2]?.text ?? "0"}${text.slice(token.end)}`;
  }
  return text.trimEnd();
}

function refused(construct: string, instead: string): KeywordCheck {
  return { kind: "refused", refusal: { construct, instead } };
}

function isKeyword(token: Token | undefined, text: string): boolean {
  return token?.kind === "word" && token.text === text;
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

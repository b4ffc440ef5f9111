import { operatorFunctions } from "./documented.ts";
import { refusedFunctions, refusedKeywords, refusedStatements, refusedSymbols, refusedWords } from "./refused.ts";
import type { Token } from "./lexer.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Looks at the statement as it came. Finds what ClickHouse's parser would turn into something documented (`a ? b : c` becomes
 * `if`), and names things by the word the writer used. What protects the data are the two steps after this one.
 */
export function refusalOfSpelling(tokens: readonly Token[]): Refusal | undefined {
  return (
    refusalOfStatement(tokens) ??
    first(
      tokens,
      (token, i) =>
        refusalOfToken(token, tokens[i + 1], tokens[i - 1]) ?? refusalOfPosition(tokens, i) ?? refusalOfLimitPair(tokens, i),
    )
  );
}

/** A word that Analytics Engine would not take, in a statement that cannot even be parsed: likely what its writer is after. */
export function undocumentedWord(tokens: readonly Token[]): Refusal | undefined {
  return first(tokens, ({ kind, text }, i) => {
    const word = text.toUpperCase();
    const instead = kind === "word" && !isWord(tokens[i - 1], "AS") ? refusedKeywords[word] : undefined;
    return instead === undefined ? undefined : { construct: word, instead };
  });
}

function refusalOfStatement(tokens: readonly Token[]): Refusal | undefined {
  const [begin] = tokens;
  if (begin === undefined) return { construct: "an empty statement", instead: "write SELECT … or SHOW TABLES" };
  const end = tokens.findIndex((token) => token.text === ";" && token.kind === "symbol");
  if (end >= 0 && tokens.slice(end).some((token) => token.text !== ";"))
    return { construct: "more than one statement", instead: "send one statement per request" };
  const word = begin.kind === "word" ? begin.text.toUpperCase() : "";
  if (word === "SELECT" || word === "SHOW") return undefined;
  const instead = refusedStatements[word] ?? (word === "WITH" ? refusedKeywords["WITH"] : undefined);
  if (instead !== undefined) return { construct: word, instead };
  return { construct: `a statement that begins with "${begin.text.slice(0, 40)}"`, instead: "begin with SELECT or SHOW" };
}

function refusalOfToken(token: Token, next: Token | undefined, previous: Token | undefined): Refusal | undefined {
  if (token.text === "," && isWord(next, "FROM")) return { construct: "a comma before FROM", instead: "leave it out" };
  if (token.kind === "symbol") return refusedSymbols[token.text];
  if (token.kind === "string" && token.text.startsWith("$"))
    return { construct: "a heredoc string", instead: "write 'text', with ' doubled" };
  if (token.kind === "quoted" && next?.text === "(") {
    return { construct: `a function in quotes (${token.text.slice(0, 60)})`, instead: "write its name without quotes" };
  }
  // A name after AS or before a comma is an alias or its use, whatever it is called.
  if (token.kind !== "word" || isWord(previous, "AS")) return undefined;
  const word = token.text.toUpperCase();
  if (isWord(previous, "SELECT") && word === "TOP" && next?.kind === "number")
    return { construct: "TOP", instead: "write LIMIT n at the end" };
  if (isWord(previous, "SELECT") && word === "ALL") return { construct: "SELECT ALL", instead: "leave ALL out" };
  if (word === "DISTINCT" && isWord(next, "ON"))
    return { construct: "DISTINCT ON", instead: "write GROUP BY and argMax(x, timestamp)" };
  if ((word === "DATE" || word === "TIMESTAMP") && next?.kind === "string")
    return { construct: `${word} '…'`, instead: "write toDateTime('2026-01-31 00:00:00')" };
  if (refusedWords[word] !== undefined && (next?.kind !== "symbol" || next.text === "(")) return refusedWords[word];
  return next?.text === "(" ? refusalOfCall(token.text) : undefined;
}

/** Names that only ClickHouse's parser may write, and names with a better one. */
function refusalOfCall(name: string): Refusal | undefined {
  const instead = refusedFunctions[name.toLowerCase()];
  if (instead !== undefined) return { construct: `${name}()`, instead };
  const isOperator = Object.hasOwn(operatorFunctions, name) && !/^(?:in|like|ilike|and|or|not)$/.test(name);
  if (!isOperator) return undefined;
  return {
    construct: `${name}()`,
    instead: name.startsWith("toInterval") ? "write INTERVAL '5' MINUTE" : "write the operator, like a + b or count(DISTINCT x)",
  };
}

/** `position(text, needle)` and `position(needle IN text)` are the same to the parser; only the second is documented. */
function refusalOfPosition(tokens: readonly Token[], at: number): Refusal | undefined {
  if (!isWord(tokens[at], "POSITION") || tokens[at + 1]?.text !== "(") return undefined;
  let depth = 0;
  for (const token of tokens.slice(at + 1)) {
    if (token.kind === "symbol" && token.text === "(") depth += 1;
    if (token.kind === "symbol" && token.text === ")" && (depth -= 1) === 0) break;
    if (depth === 1 && isWord(token, "IN")) return undefined;
  }
  return { construct: "position(a, b)", instead: "write position(needle IN text)" };
}

/** `LIMIT m, n` is what the formatter makes of the documented `LIMIT n OFFSET m`. */
function refusalOfLimitPair(tokens: readonly Token[], at: number): Refusal | undefined {
  if (!isWord(tokens[at], "LIMIT") || tokens[at + 1]?.kind !== "number" || tokens[at + 2]?.text !== ",") return undefined;
  return { construct: "LIMIT m, n", instead: "write LIMIT n OFFSET m" };
}

function isWord(token: Token | undefined, upper: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === upper;
}

function first(tokens: readonly Token[], check: (token: Token, i: number) => Refusal | undefined): Refusal | undefined {
  for (const [i, token] of tokens.entries()) {
    const refusal = check(token, i);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

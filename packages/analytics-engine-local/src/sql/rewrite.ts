import { documentedFunction } from "./check-tree.ts";
import { tokensOf, type Token } from "./lexer.ts";

/** What the server runs where Analytics Engine's function is another one of ClickHouse's, or ClickHouse has no such name. */
const renamedFunctions: Readonly<Record<string, string>> = {
  // Documented as counting characters, which ClickHouse's own `length` and `substring` do not.
  length: "lengthUTF8",
  substring: "substringUTF8",
  toLower: "lowerUTF8",
  toUpper: "upperUTF8",
};

/** Functions that answer a DateTime in Analytics Engine and a Date in ClickHouse; weeks begin on Monday (mode 1). */
const dateTimeRewrites: Readonly<Record<string, { readonly extraArgument?: string }>> = {
  toStartOfYear: {},
  toStartOfMonth: {},
  toStartOfWeek: { extraArgument: "1" },
};

/** Replaces text[start, end) by `text`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Puts ClickHouse's functions where Analytics Engine's differ in name or meaning. Result columns keep the name they were
 * written with. Only for statements that have passed the gate.
 * @param nowSecond what `now()` answers, in s since 1970; undefined leaves it to ClickHouse
 */
export function rewrite(sql: string, nowSecond: number | undefined): string {
  const tokens = tokensOf(sql);
  const closing = closingParentheses(tokens);
  const edits = tokens.flatMap((token, i) => {
    const open = tokens[i + 1];
    const close = tokens[closing.get(i + 1) ?? -1];
    return token.kind === "word" && open !== undefined && close !== undefined
      ? editsOfCall(token, open, close, commaAfter(tokens, i + 1), nowSecond)
      : [];
  });
  if (edits.length === 0) return sql;
  const names = selectItems(tokens)
    .filter(([start, end]) => edits.some((edit) => edit.start >= start && edit.end <= end))
    .map(([start, end]) => ({ start: end, end, text: ` AS \`${sql.slice(start, end).replace(/[\\`]/g, "\\$&")}\`` }));
  return apply(sql, [...names, ...edits]);
}

function editsOfCall(name: Token, open: Token, close: Token, comma: Token | undefined, nowSecond: number | undefined): Edit[] {
  const documented = documentedFunction(name.text)?.name;
  if (documented === undefined) return [];
  if (documented === "quantileWeighted" && comma !== undefined) {
    return [
      { start: name.start, end: name.end, text: "quantileExactWeighted" },
      { start: comma.start, end: comma.end + 1, text: ")(" },
    ];
  }
  if (documented === "now" && nowSecond !== undefined)
    return [{ start: name.start, end: close.end, text: `toDateTime(${nowSecond})` }];
  if (documented === "today" && nowSecond !== undefined)
    return [{ start: name.start, end: close.end, text: `toDate(toDateTime(${nowSecond}))` }];
  const asDateTime = dateTimeRewrites[documented];
  if (asDateTime !== undefined) {
    return [
      { start: name.start, end: name.end, text: `toDateTime(${documented}` },
      ...(asDateTime.extraArgument === undefined
        ? []
        : [{ start: close.start, end: close.start, text: `, ${asDateTime.extraArgument}` }]),
      { start: close.end, end: close.end, text: ")" },
    ];
  }
  const runs = renamedFunctions[documented] ?? documented;
  return runs === name.text ? [] : [{ start: name.start, end: name.end, text: runs }];
}

/** Later edits of one place come first: an inner call closes before the outer one goes on, and a name comes last of all. */
function apply(sql: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, made) => ({ ...edit, made })).sort((a, b) => a.start - b.start || b.made - a.made);
  let text = "";
  let at = 0;
  for (const edit of ordered) {
    text += sql.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + sql.slice(at);
}

function closingParentheses(tokens: readonly Token[]): Map<number, number> {
  const closing = new Map<number, number>();
  const stack: number[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== "symbol") continue;
    if (token.text === "(") stack.push(i);
    const open = token.text === ")" ? stack.pop() : undefined;
    if (open !== undefined) closing.set(open, i);
  }
  return closing;
}

/** The first comma directly inside the parenthesis at `open`. */
function commaAfter(tokens: readonly Token[], open: number): Token | undefined {
  let depth = 0;
  for (const token of tokens.slice(open)) {
    if (token.kind !== "symbol") continue;
    if (token.text === "(") depth += 1;
    if (token.text === ")" && (depth -= 1) === 0) return undefined;
    if (token.text === "," && depth === 1) return token;
  }
  return undefined;
}

const clauseWords = new Set(["FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"]);

/** Where the outer SELECT's columns that have no alias start and end. */
function selectItems(tokens: readonly Token[]): [number, number][] {
  const items: [number, number][] = [];
  let depth = 0;
  let item: Token[] = [];
  const finish = (): void => {
    const [begin, end] = [item[0], item.at(-1)];
    if (begin !== undefined && end !== undefined && !isNamed(item)) items.push([begin.start, end.end]);
    item = [];
  };
  for (const token of tokens.slice(1)) {
    if (token.kind === "symbol" && token.text === "(") depth += 1;
    if (token.kind === "symbol" && token.text === ")") depth -= 1;
    if (depth === 0 && token.kind === "word" && clauseWords.has(token.text)) break;
    if (depth === 0 && token.kind === "symbol" && token.text === ",") finish();
    else item.push(token);
  }
  finish();
  return items;
}

function isNamed(item: readonly Token[]): boolean {
  const before = item.at(-2);
  return before?.kind === "word" && before.text === "AS";
}

/** A piece of a statement; `start` and `end` are offsets in its text. */
export interface Token {
  readonly kind: "word" | "number" | "string" | "quoted" | "symbol";
  /** As it stands in the text; of a quoted identifier the name without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts a statement into tokens and leaves out spaces and comments. Follows ClickHouse's lexer: backslash and doubled quotes
 * in strings and quoted names, `--`, `#` and block comments, heredocs `$tag$…$tag$`. An unknown character is a symbol.
 */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    const [kind, end] = readToken(sql, at);
    if (kind !== "gap") {
      const text = sql.slice(at, end);
      tokens.push({ kind, text: kind === "quoted" ? unquoted(text) : text, start: at, end });
    }
    at = end;
  }
  return tokens;
}

const patterns: readonly (readonly [Token["kind"] | "gap", RegExp])[] = [
  ["gap", /\s+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ["string", /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y],
  ["string", /\$([A-Za-z0-9_]*)\$[\s\S]*?\$\1\$/y],
  ["quoted", /`(?:[^`\\]|\\[\s\S]|``)*(?:`|$)/y],
  ["quoted", /"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)/y],
  ["number", /0[xX][0-9a-fA-F_]+|0[bB][01_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["word", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["symbol", /<=>|<>|<=|>=|==|!=|\|\||::|->|@@|[\s\S]/y],
];

function readToken(sql: string, at: number): readonly [Token["kind"] | "gap", number] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    if (pattern.test(sql)) return [kind, pattern.lastIndex];
  }
  return ["symbol", at + 1];
}

function unquoted(text: string): string {
  const quote = text[0] ?? "";
  return text.slice(1, text.endsWith(quote) ? -1 : undefined).replaceAll(quote + quote, quote);
}

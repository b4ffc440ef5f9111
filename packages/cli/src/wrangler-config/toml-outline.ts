/** Where a TOML text says what: enough to add to it without touching the rest. Values are skipped, not read; a real parser reads them. */
export interface TomlSection {
  /** Path of the header, empty for the part before the first one. */
  readonly path: readonly string[];
  readonly isList: boolean;
  readonly entries: readonly TomlEntry[];
  /** Behind the header line; 0 for the first part. */
  readonly bodyAt: number;
}

export interface TomlEntry {
  /** Path of the whole key, with the section's. */
  readonly path: readonly string[];
  readonly valueAt: number;
  readonly valueEnd: number;
}

/** The outline of a valid TOML document. */
export function tomlOutline(text: string): TomlSection[] {
  const sections: (TomlSection & { entries: TomlEntry[] })[] = [{ path: [], isList: false, entries: [], bodyAt: 0 }];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "#") at = lineEnd(text, at);
    else if (/\s/.test(char)) at += 1;
    else if (char === "[") {
      const isList = text[at + 1] === "[";
      const key = keyAt(text, at + (isList ? 2 : 1));
      at = nextLine(text, key.end);
      sections.push({ path: key.path, isList, entries: [], bodyAt: at });
    } else {
      const section = sections.at(-1);
      const key = keyAt(text, at);
      const valueAt = skipBlanks(text, text.indexOf("=", key.end) + 1);
      const valueEnd = endOfValue(text, valueAt);
      section?.entries.push({ path: [...section.path, ...key.path], valueAt, valueEnd });
      at = valueEnd;
    }
  }
  return sections;
}

/** Behind the line's end, for inserting whole lines. */
export function nextLine(text: string, at: number): number {
  const end = lineEnd(text, at);
  return end < text.length ? end + 1 : end;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function skipBlanks(text: string, at: number): number {
  while (text[at] === " " || text[at] === "\t") at += 1;
  return at;
}

function keyAt(text: string, from: number): { path: string[]; end: number } {
  const path: string[] = [];
  let at = skipBlanks(text, from);
  for (;;) {
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = endOfString(text, at);
      path.push(quote === '"' ? (JSON.parse(text.slice(at, end)) as string) : text.slice(at + 1, end - 1));
      at = end;
    } else {
      const bare = /^[A-Za-z0-9_-]*/.exec(text.slice(at))?.[0] ?? "";
      path.push(bare);
      at += bare.length;
    }
    const dot = skipBlanks(text, at);
    if (text[dot] !== ".") return { path, end: at };
    at = skipBlanks(text, dot + 1);
  }
}

function endOfValue(text: string, at: number): number {
  const char = text[at] ?? "";
  if (char === '"' || char === "'") return endOfString(text, at);
  if (char === "[" || char === "{") return endOfBrackets(text, at);
  const rest = /^[^,\]}#\r\n]*/.exec(text.slice(at))?.[0] ?? "";
  return at + rest.trimEnd().length;
}

/** Behind the closing bracket; strings and comments inside may hold brackets. */
function endOfBrackets(text: string, at: number): number {
  let depth = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === '"' || char === "'") at = endOfString(text, at);
    else if (char === "#") at = lineEnd(text, at);
    else {
      if (char === "[" || char === "{") depth += 1;
      if (char === "]" || char === "}") depth -= 1;
      at += 1;
      if (depth === 0) return at;
    }
  }
  return at;
}

function endOfString(text: string, at: number): number {
  const quote = text[at] ?? "";
  const triple = quote.repeat(3);
  if (text.startsWith(triple, at)) {
    let end = at + 3;
    while (end < text.length && !text.startsWith(triple, end)) end += quote === '"' && text[end] === "\\" ? 2 : 1;
    end += 3;
    // Up to two more quotes belong to the text.
    while (text[end] === quote) end += 1;
    return end;
  }
  let end = at + 1;
  while (end < text.length && text[end] !== quote) end += quote === '"' && text[end] === "\\" ? 2 : 1;
  return end + 1;
}

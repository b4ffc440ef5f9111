import { parse, TomlError } from "smol-toml";
import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { UserError } from "../io.ts";
import type { Addition } from "./addition.ts";
import { nextLine, tomlOutline } from "./toml-outline.ts";
import type { TomlEntry, TomlSection } from "./toml-outline.ts";

/** @throws UserError with the line of the first mistake */
export function parseToml(text: string, file: string): JsonObject {
  try {
    const value: unknown = parse(text);
    return isJsonObject(value) ? value : {};
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new UserError(`${file}:${error.line} is not TOML: ${error.message.split("\n")[0] ?? ""}`);
  }
}

/**
 * Writes an addition into the text; everything else, comments too, stays byte for byte. What stands in a table of its own goes to the
 * end of the file, where TOML always allows it.
 */
export function addToToml(text: string, { add, path, value }: Addition): string {
  const sections = tomlOutline(text);
  const entries = sections.flatMap((section) => section.entries);
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  if (add === "item") {
    const list = entries.find((entry) => isSamePath(entry.path, path));
    if (list) return intoList(text, list, inline(value), eol);
    return atEnd(text, [`[[${header(path)}]]`, ...Object.entries(value).map(([key, item]) => line(key, item))], eol);
  }
  const parent = path.slice(0, -1);
  const key = path.at(-1) ?? "";
  const table = entries.find((entry) => isSamePath(entry.path, parent));
  if (table) return intoInlineTable(text, table, line(key, value));
  const section = sections.find((one) => !one.isList && isSamePath(one.path, parent));
  if (section && (parent.length > 0 || section.entries.length > 0)) return intoSection(text, section, line(key, value), eol);
  const dotted = sections.find((one) => one.entries.some((entry) => isBelow(entry.path, parent)));
  if (parent.length > 0 && dotted) {
    return intoSection(text, dotted, line(header(path.slice(dotted.path.length)), value, true), eol);
  }
  if (parent.length === 0) return `${line(key, value)}${eol}${text}`;
  return atEnd(text, [`[${header(parent)}]`, line(key, value)], eol);
}

/** Behind the section's last entry and the comment on its line, or behind its header. */
function intoSection(text: string, section: TomlSection, added: string, eol: string): string {
  const last = section.entries.at(-1);
  const at = last ? nextLine(text, last.valueEnd) : section.bodyAt;
  const before = text.slice(0, at);
  return `${before}${before === "" || before.endsWith("\n") ? "" : eol}${added}${eol}${text.slice(at)}`;
}

function intoList(text: string, list: TomlEntry, item: string, eol: string): string {
  const shown = text.slice(list.valueAt, list.valueEnd);
  const close = list.valueEnd - 1;
  if (!shown.includes("\n")) {
    const inside = shown.slice(1, -1).trimEnd().replace(/,$/, "");
    return `${text.slice(0, list.valueAt)}[${inside}${inside.trim() === "" ? "" : ", "}${item}]${text.slice(list.valueEnd)}`;
  }
  // One element a line: a comma behind the last element, comments stay where they are.
  const lastCode = endOfLastElement(text, list.valueAt + 1, close);
  const needsComma = lastCode > list.valueAt + 1 && text[lastCode - 1] !== ",";
  const lineStart = text.lastIndexOf("\n", close) + 1;
  const closeIndent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
  const indent = /\n([ \t]+)[^\s\]]/.exec(shown)?.[1] ?? "  ";
  const head = `${text.slice(0, lastCode)}${needsComma ? "," : ""}${text.slice(lastCode, close).trimEnd()}`;
  return `${head}${eol}${indent}${item},${eol}${closeIndent}${text.slice(close)}`;
}

/** Behind the last character between the brackets that is no blank and no comment. */
function endOfLastElement(text: string, from: number, to: number): number {
  let end = from;
  for (let at = from; at < to; at += 1) {
    const char = text[at] ?? "";
    if (char === "#") at = Math.min(to, text.indexOf("\n", at));
    else if (char === '"' || char === "'") {
      for (at += 1; at < to && text[at] !== char; at += 1) if (char === '"' && text[at] === "\\") at += 1;
      end = at + 1;
    } else if (!/\s/.test(char)) end = at + 1;
  }
  return end;
}

function intoInlineTable(text: string, table: TomlEntry, added: string): string {
  const inside = text
    .slice(table.valueAt + 1, table.valueEnd - 1)
    .trim()
    .replace(/,$/, "");
  return `${text.slice(0, table.valueAt)}{ ${inside}${inside === "" ? "" : ", "}${added} }${text.slice(table.valueEnd)}`;
}

function atEnd(text: string, lines: readonly string[], eol: string): string {
  const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
  return `${text}${gap}${lines.join(eol)}${eol}`;
}

function line(key: string, value: Json, isPath = false): string {
  return `${isPath ? key : bareOrQuoted(key)} = ${inline(value)}`;
}

function inline(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(inline).join(", ")}]`;
  if (isJsonObject(value))
    return `{ ${Object.entries(value)
      .map(([key, item]) => line(key, item))
      .join(", ")} }`;
  return JSON.stringify(value);
}

function header(path: readonly string[]): string {
  return path.map(bareOrQuoted).join(".");
}

function bareOrQuoted(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, at) => part === b[at]);
}

function isBelow(path: readonly string[], parent: readonly string[]): boolean {
  return path.length > parent.length && parent.every((part, at) => part === path[at]);
}

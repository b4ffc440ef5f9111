import { createScanner, findNodeAtLocation, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { getNodeValue } from "jsonc-parser";
import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { UserError } from "../io.ts";
import type { Addition } from "./addition.ts";

/** SyntaxKind of jsonc-parser, which is a const enum and so has no value to import. */
const TOKEN = { closeBrace: 2, closeBracket: 4, comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, end: 17 } as const;

/** @throws UserError with the line of the first mistake */
export function parseJsonc(text: string, file: string): JsonObject {
  const value: unknown = getNodeValue(treeOf(text, file));
  if (!isJsonObject(value)) throw new UserError(`${file} holds no object; it must begin with {`);
  return value;
}

/** Writes an addition into the text; everything else, comments too, stays byte for byte. */
export function addToJsonc(text: string, { add, path, value }: Addition, file: string): string {
  const tree = treeOf(text, file);
  let depth = path.length;
  while (depth > 0 && !findNodeAtLocation(tree, path.slice(0, depth))) depth -= 1;
  const node = depth === 0 ? tree : findNodeAtLocation(tree, path.slice(0, depth));
  if (!node) return text;
  const style = styleOf(text);
  if (depth === path.length) return add === "item" && node.type === "array" ? insert(text, node, value, undefined, style) : text;
  if (node.type !== "object") return text;
  const [key = "", ...rest] = path.slice(depth);
  const leaf: Json = add === "item" ? [value] : value;
  const made = rest.reduceRight<Json>((inner, name) => ({ [name]: inner }), leaf);
  return insert(text, node, made, key, style);
}

interface Style {
  readonly unit: string;
  readonly eol: string;
}

function styleOf(text: string): Style {
  const indent = /\n([ \t]+)["{/]/.exec(text)?.[1] ?? "  ";
  return { unit: indent, eol: text.includes("\r\n") ? "\r\n" : "\n" };
}

/** Puts one more child behind the last one, behind the comment that may stand on its line. */
function insert(text: string, container: Node, value: Json, key: string | undefined, style: Style): string {
  const start = container.offset;
  const close = start + container.length - 1;
  const last = container.children?.at(-1);
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", start) + 1))?.[0] ?? "";
  const indent = outer + style.unit;
  const shown = (key === undefined ? "" : `${JSON.stringify(key)}: `) + printed(value, indent, style);
  if (!last) {
    // Comments of an empty container stay in front.
    const inside = text.slice(start + 1, close).trimEnd();
    return `${text.slice(0, start + 1)}${inside}${style.eol}${indent}${shown}${style.eol}${outer}${text.slice(close)}`;
  }
  const end = last.offset + last.length;
  if (!text.slice(start, last.offset).includes("\n")) return `${text.slice(0, end)}, ${shown}${text.slice(end)}`;
  const { commaAt, lineEnd } = afterLast(text, end);
  const comma = commaAt === undefined ? "," : "";
  const behind = commaAt === undefined ? "" : ",";
  return `${text.slice(0, end)}${comma}${text.slice(end, lineEnd)}${style.eol}${indent}${shown}${behind}${text.slice(lineEnd)}`;
}

/** Where the last child's own comma is, and where its line (comma and comment with it) ends. */
function afterLast(text: string, end: number): { commaAt: number | undefined; lineEnd: number } {
  const scanner = createScanner(text, false);
  scanner.setPosition(end);
  let commaAt: number | undefined;
  let lineEnd = end;
  let isOnLine = true;
  for (;;) {
    const token: number = scanner.scan();
    if (token === TOKEN.closeBrace || token === TOKEN.closeBracket || token === TOKEN.end) return { commaAt, lineEnd };
    if (token === TOKEN.lineBreak) isOnLine = false;
    const tokenEnd = scanner.getTokenOffset() + scanner.getTokenLength();
    if (token === TOKEN.comma) {
      commaAt = scanner.getTokenOffset();
      lineEnd = tokenEnd;
      isOnLine = true;
    } else if (isOnLine && (token === TOKEN.lineComment || token === TOKEN.blockComment)) lineEnd = tokenEnd;
  }
}

/** Flat objects on one line, as people write bindings; the rest one key a line. */
function printed(value: Json, indent: string, style: Style): string {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => printed(item, indent + style.unit, style));
    const oneLine = `[${items.join(", ")}]`;
    if (oneLine.length <= 100 && !oneLine.includes("\n")) return oneLine;
    return `[${style.eol}${items.map((item) => `${indent}${style.unit}${item}`).join(`,${style.eol}`)}${style.eol}${indent}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${printed(item, indent + style.unit, style)}`,
  );
  const oneLine = `{ ${entries.join(", ")} }`;
  if (oneLine.length <= 110 && !oneLine.includes("\n")) return oneLine;
  return `{${style.eol}${entries.map((entry) => `${indent}${style.unit}${entry}`).join(`,${style.eol}`)}${style.eol}${indent}}`;
}

function treeOf(text: string, file: string): Node {
  const errors: ParseError[] = [];
  // A byte order mark is no part of the text; every offset stays.
  const tree = parseTree(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first || !tree) {
    const line = text.slice(0, first?.offset ?? 0).split("\n").length;
    throw new UserError(
      `${file}:${line} is not JSON with comments: ${first ? wordsOf(printParseErrorCode(first.error)) : "it is empty"}`,
    );
  }
  return tree;
}

/** `PropertyNameExpected` as people write it. */
function wordsOf(code: string): string {
  return code.replace(/\B[A-Z]/g, " $&").toLowerCase();
}

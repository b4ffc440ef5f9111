import { parse } from "@babel/parser";
import type { ParserPlugin } from "@babel/parser";

/** What became of an entry file. */
export type Wrapped =
  | { readonly result: "wrapped"; readonly text: string }
  | { readonly result: "already" }
  /** Nothing was changed; `why` says what to write by hand. */
  | { readonly result: "by hand"; readonly why: string };

const PACKAGE = "@monotask/monitoring";

/**
 * Wraps the default export of a worker's entry in `monitor(…)`: two insertions and an import, nothing else moves.
 * @param workerName name in metrics and alerts
 */
export function wrapEntry(text: string, file: string, workerName: string): Wrapped {
  const program = programOf(text, file);
  if (!program) return byHand(`${file} cannot be parsed`, workerName);
  const imports = program.body.filter((node) => node.type === "ImportDeclaration");
  const monitored = imports
    .filter((node) => node.source.value.startsWith("@monotask/"))
    .flatMap((node) => node.specifiers.map((specifier) => specifier.local.name));
  const exported = program.body.find((node) => node.type === "ExportDefaultDeclaration");
  if (!exported) return byHand(`${file} has no \`export default\``, workerName);
  const { declaration } = exported;
  if (
    declaration.type === "CallExpression" &&
    declaration.callee.type === "Identifier" &&
    monitored.includes(declaration.callee.name)
  )
    return { result: "already" };
  if (monitored.length > 0 && declaration.type === "CallExpression") return { result: "already" };
  if (
    declaration.type === "ClassDeclaration" ||
    declaration.type === "FunctionDeclaration" ||
    declaration.type === "TSDeclareFunction"
  )
    return byHand(`${file} exports a ${declaration.type === "ClassDeclaration" ? "class" : "function"} as default`, workerName);
  const [start, end] = [declaration.start ?? 0, declaration.end ?? 0];
  const style = styleOf(text);
  const call = (shown: string): string => `${style.quote}${shown}${style.quote}`;
  const wrapped = `monitor(${text.slice(start, end)}, { workerName: ${call(workerName)} })`;
  const importLine = `import { monitor } from ${call(PACKAGE)}${style.semicolon}${style.eol}`;
  const last = imports.at(-1);
  const importAt = last ? lineAfter(text, last.end ?? 0) : beginning(text, program);
  const head = text.slice(0, importAt);
  return {
    result: "wrapped",
    text: `${head}${head === "" || head.endsWith("\n") ? "" : style.eol}${importLine}${last ? "" : style.eol}${text.slice(importAt, start)}${wrapped}${text.slice(end)}`,
  };
}

function programOf(text: string, file: string): ReturnType<typeof parse>["program"] | undefined {
  try {
    const isTypeScript = /\.[cm]?tsx?$/.test(file);
    const isMarkup = /x$/.test(file) || !isTypeScript;
    const plugins: ParserPlugin[] = ["decorators"];
    if (isTypeScript) plugins.push("typescript");
    if (isMarkup) plugins.push("jsx");
    return parse(text, { sourceType: "module", plugins }).program;
  } catch {
    return undefined;
  }
}

function byHand(what: string, workerName: string): Wrapped {
  return {
    result: "by hand",
    why: `${what}; wrap your handler by hand: import { monitor } from "${PACKAGE}"; export default monitor(handler, { workerName: "${workerName}" });`,
  };
}

interface Style {
  readonly quote: string;
  readonly semicolon: string;
  readonly eol: string;
}

/** As the file's own imports are written. */
function styleOf(text: string): Style {
  const first = /^import\s[^"']*(["'])[^"']*\1[ \t]*(;?)/m.exec(text);
  return {
    quote: first?.[1] ?? (/'/.test(text) && !/"/.test(text) ? "'" : '"'),
    semicolon: first ? (first[2] ?? "") : /;[ \t]*\r?$/m.test(text) || !/\n/.test(text) ? ";" : "",
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

function lineAfter(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

/** Behind a hashbang, directives and the comment block at the top. */
function beginning(text: string, program: ReturnType<typeof parse>["program"]): number {
  const directive = program.directives.at(-1);
  if (directive) return lineAfter(text, directive.end ?? 0);
  return program.interpreter ? lineAfter(text, program.interpreter.end ?? 0) : text.startsWith("\uFEFF") ? 1 : 0;
}

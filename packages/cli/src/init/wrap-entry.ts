import { parse } from "@babel/parser";
import type { ParserPlugin } from "@babel/parser";
import { importedWrappers, isMonitored, topLevelNames } from "./monitored.ts";
import type { Program } from "./monitored.ts";

/** What became of an entry file. */
export type Wrapped =
  | { readonly result: "wrapped"; readonly text: string }
  | { readonly result: "already" }
  /** Nothing was changed; `why` says what to write by hand. */
  | { readonly result: "by hand"; readonly why: string };

const PACKAGE = "@monotask/monitoring";

/** A piece of the text, and what stands in its place afterwards. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** How an entry is wrapped: by which function, under which name it is called here, and which edits. */
interface Wrapping {
  readonly wrapper: Wrapper;
  readonly edits: readonly Edit[];
}

/**
 * Wraps the default export of a worker's entry in `monitor(…)`, a class in `monitorEntrypoint(…)`: a few insertions and an import, nothing
 * else moves.
 * @param workerName name in metrics and alerts
 */
export function wrapEntry(text: string, file: string, workerName: string): Wrapped {
  const program = programOf(text, file);
  if (!program) return byHand(`${file} cannot be parsed`, workerName);
  if (isMonitored(program)) return { result: "already" };
  const imports = program.body.filter((node) => node.type === "ImportDeclaration");
  const style = styleOf(text);
  const given = `{ workerName: ${style.quote}${workerName}${style.quote} }`;
  const imported = importedWrappers(program);
  const taken = topLevelNames(program);
  const nameOf = (wrapper: Wrapper): string => imported.get(wrapper) ?? (taken.has(wrapper) ? `${wrapper}Worker` : wrapper);
  const wrapping = wrappingOf(program, given, style, nameOf);
  if (typeof wrapping === "string") return byHand(`${file} ${wrapping}`, workerName);
  if (imported.has(wrapping.wrapper)) return { result: "wrapped", text: edited(text, wrapping.edits) };

  const name = nameOf(wrapping.wrapper);
  if (taken.has(name)) return byHand(`${file} has names of its own that stand in the way`, workerName);
  const specifier = name === wrapping.wrapper ? name : `${wrapping.wrapper} as ${name}`;
  const importLine = `import { ${specifier} } from ${style.quote}${PACKAGE}${style.quote}${style.semicolon}${style.eol}`;
  const last = imports.at(-1);
  const importAt = last ? lineAfter(text, last.end ?? 0) : beginning(text, program);
  const head = text.slice(0, importAt);
  const lead = head === "" || head.endsWith("\n") ? "" : style.eol;
  const importEdit: Edit = { start: importAt, end: importAt, text: `${lead}${importLine}${last ? "" : style.eol}` };
  return { result: "wrapped", text: edited(text, [importEdit, ...wrapping.edits]) };
}

type Wrapper = "monitor" | "monitorEntrypoint";

/** The edits, or what stands in their way. */
function wrappingOf(program: Program, given: string, style: Style, nameOf: (wrapper: Wrapper) => string): Wrapping | string {
  const exported = program.body.find((node) => node.type === "ExportDefaultDeclaration");
  if (!exported) return namedDefault(program, given, style, nameOf("monitor")) ?? "has no `export default`";
  const { declaration } = exported;
  const [start, end] = [declaration.start ?? 0, declaration.end ?? 0];
  const around = (wrapper: Wrapping["wrapper"]): Wrapping => ({
    wrapper,
    edits: [
      { start, end: start, text: `${nameOf(wrapper)}(` },
      { start: end, end, text: `, ${given})` },
    ],
  });
  if (declaration.type === "FunctionDeclaration" || declaration.type === "TSDeclareFunction")
    return "exports a function as default, which no Worker runs: export an object with fetch(), or a class";
  if (declaration.type !== "ClassDeclaration") return around("monitor");
  if ((declaration.decorators ?? []).length > 0) return "exports a decorated class as default";
  if (!declaration.id) {
    const { edits, wrapper } = around("monitorEntrypoint");
    // A declaration needs no semicolon behind it, an expression does.
    return { wrapper, edits: edits.map((edit, at) => (at === 1 ? { ...edit, text: `${edit.text}${style.semicolon}` } : edit)) };
  }
  // Its name may be used elsewhere in the file: the class stays where it is, and its export follows it.
  const follows = `${style.eol}${style.eol}export default ${nameOf("monitorEntrypoint")}(${declaration.id.name}, ${given})${style.semicolon}`;
  return {
    wrapper: "monitorEntrypoint",
    edits: [
      { start: exported.start ?? 0, end: start, text: "" },
      { start: end, end, text: follows },
    ],
  };
}

/** `export { handler as default }`, which names nothing else; for `export { default } from "./app"` where to go on. */
function namedDefault(program: Program, given: string, { semicolon }: Style, monitor: string): Wrapping | string | undefined {
  for (const node of program.body) {
    if (node.type !== "ExportNamedDeclaration") continue;
    const [specifier] = node.specifiers;
    const exportsDefault = node.specifiers.some(({ exported }) => exported.type === "Identifier" && exported.name === "default");
    if (exportsDefault && node.source) return `exports the default of ${node.source.value}`;
    if (node.specifiers.length !== 1) continue;
    if (specifier?.type !== "ExportSpecifier" || specifier.local.type !== "Identifier") continue;
    if (specifier.exported.type !== "Identifier" || specifier.exported.name !== "default") continue;
    const text = `export default ${monitor}(${specifier.local.name}, ${given})${semicolon}`;
    return { wrapper: "monitor", edits: [{ start: node.start ?? 0, end: node.end ?? 0, text }] };
  }
  return undefined;
}

function edited(text: string, edits: readonly Edit[]): string {
  let [result, from] = ["", 0];
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

function programOf(text: string, file: string): Program | undefined {
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
function beginning(text: string, program: Program): number {
  const directive = program.directives.at(-1);
  if (directive) return lineAfter(text, directive.end ?? 0);
  return program.interpreter ? lineAfter(text, program.interpreter.end ?? 0) : text.startsWith("\uFEFF") ? 1 : 0;
}

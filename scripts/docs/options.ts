// node scripts/docs/options.ts [--check]: writes the options tables of the packages' READMEs from the types, or says that they are stale.
// A table stands between `<!-- options: NAME in FILE -->` (an interface of the package) and `<!-- end of options -->`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import ts from "typescript";

const ROOT = join(import.meta.dirname, "../..");
const MARKS = /<!-- options: (?<name>\w+) in (?<file>\S+) -->[^]*?<!-- end of options -->/g;

interface Page {
  readonly file: string;
  readonly dir: string;
  readonly text: string;
}

const pages = readdirSync(join(ROOT, "packages"))
  .map((name) => join(ROOT, "packages", name))
  .filter((dir) => existsSync(join(dir, "README.md")))
  .map((dir): Page => ({ dir, file: join(dir, "README.md"), text: readFileSync(join(dir, "README.md"), "utf8") }))
  .filter(({ text }) => text.search(MARKS) >= 0);

const program = ts.createProgram(
  pages.flatMap(({ dir, text }) => [...text.matchAll(MARKS)].map(({ groups }) => join(dir, groups?.["file"] ?? ""))),
  { strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, ...moduleSettings() },
);
const checker = program.getTypeChecker();

for (const page of pages) {
  const written = page.text.replaceAll(MARKS, (_, name: string, file: string) => {
    return `<!-- options: ${name} in ${file} -->\n\n${tableOf(join(page.dir, file), name)}\n\n<!-- end of options -->`;
  });
  const text = await format(written, { ...(await resolveConfig(page.file)), parser: "markdown" });
  if (text === page.text) continue;
  if (!process.argv.includes("--check")) writeFileSync(page.file, text);
  else {
    console.log(`${page.file} has stale options; run \`node scripts/docs/options.ts\` and commit it.`);
    process.exitCode = 1;
  }
}

function moduleSettings(): ts.CompilerOptions {
  return { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
}

function tableOf(file: string, name: string): string {
  const options = interfaceIn(file, name)
    .getProperties()
    .toSorted((a, b) => Number(isOptional(a)) - Number(isOptional(b)))
    .map((option) => rowOf(option, name));
  return ["| option | type | default | meaning |", "| --- | --- | --- | --- |", ...options].join("\n");
}

function interfaceIn(file: string, name: string): ts.Type {
  const declared = program
    .getSourceFile(file)
    ?.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === name);
  if (declared === undefined) throw new Error(`${file} declares no interface ${name}; correct the mark in the README`);
  return checker.getTypeAtLocation(declared);
}

function rowOf(option: ts.Symbol, owner: string): string {
  const meaning = ts.displayPartsToString(option.getDocumentationComment(checker));
  if (meaning === "") throw new Error(`${owner}.${option.name} has no docstring; say what it means and its @default`);
  return `| \`${option.name}\` | \`${typeOf(option)}\` | ${defaultOf(option)} | ${inCell(meaning)} |`;
}

/** The type as it was written, not what it stands for. */
function typeOf(option: ts.Symbol): string {
  // A property of a mapped type (`Partial<…>`) has the declaration of its source, but not as its value's.
  const declaration = option.valueDeclaration ?? option.declarations?.[0];
  const written = declaration !== undefined && ts.isPropertySignature(declaration) ? declaration.type?.getText() : undefined;
  return inCell((written ?? "unknown").replaceAll("readonly ", ""));
}

function defaultOf(option: ts.Symbol): string {
  const tag = option.getJsDocTags(checker).find(({ name }) => name === "default");
  if (tag !== undefined) return inCell(ts.displayPartsToString(tag.text));
  return isOptional(option) ? "none" : "required";
}

function isOptional(option: ts.Symbol): boolean {
  return (option.flags & ts.SymbolFlags.Optional) !== 0;
}

function inCell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").trim();
}

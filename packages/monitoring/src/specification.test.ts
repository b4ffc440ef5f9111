import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readSnippets, snippetModule } from "../test/snippets.ts";

const FOLDER = join(import.meta.dirname, "..", "test");

/** What the compiler says of modules that lie, in memory only, beside given.ts. */
function complaints(modules: readonly string[]): string[][] {
  const files = new Map(modules.map((code, index) => [join(FOLDER, `generated-${index}.ts`), code]));
  const config = ts.getParsedCommandLineOfConfigFile(
    join(FOLDER, "..", "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => undefined,
    },
  );
  const options = { ...config?.options, isolatedDeclarations: false, declaration: false };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const code = files.get(name);
    return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map((name) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  });
}

describe("the specification's code in the README", () => {
  it("is there, all eight blocks", () => {
    expect(readSnippets()).toHaveLength(8);
  });

  it("compiles under strict TypeScript as it stands, and would not, were it wrong", () => {
    const right = snippetModule(readSnippets());
    const wrong = right.replace('createErrorAlerter(env, "api-gateway")', "createErrorAlerter(env, 7)");
    const [ofRight, ofWrong] = complaints([right, wrong]);
    expect(ofRight).toEqual([]);
    expect(ofWrong).toHaveLength(1);
  });
});

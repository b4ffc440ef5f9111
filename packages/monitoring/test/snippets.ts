import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The part of the README that shows the specification's code. */
const SECTION = /\n## The specification's code\n([^]*?)(?=\n## |$)/;
const BLOCK = /```ts\n([^]*?)```/g;

/** What the snippets take from their surroundings, as a worker's handler would have it. */
const SURROUNDINGS = `
import type { Given } from "./given.ts";
`;

const GIVEN_NAMES =
  "env, request, response, requestId, db, handleRequest, operation, dbOperation, apiCall, userId, additionalData, errorTracker, tracker, projectId, workerName, taskId, duration, state";

/** The README's snippets, word for word. */
export function readSnippets(): string[] {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const section = SECTION.exec(readme)?.[1] ?? "";
  return [...section.matchAll(BLOCK)].map(([, code = ""]) => code);
}

/** One module of all snippets: imports in front, each snippet a function. Nothing in them is changed. */
export function snippetModule(snippets: readonly string[]): string {
  const imports = new Set<string>();
  const functions = snippets.map((code, index) => {
    const body = code.replace(/^import [^]*? from "[^"]+";\n/gm, (line) => {
      imports.add(line);
      return "";
    });
    // A block of its own: a snippet may declare what another one takes as given.
    return `export async function snippet${index + 1}({ ${GIVEN_NAMES} }: Given) {\n{\n${body}}\n}\n`;
  });
  return `${[...imports].join("")}${SURROUNDINGS}\n${functions.join("\n")}`;
}

import { LineCounter, parseAllDocuments, visit } from "yaml";
import type { Document, YAMLParseError } from "yaml";
import type { Issue, Place, Report, SpecFile } from "./issue.ts";
import { rootValue } from "./yaml-node.ts";
import type { Value } from "./yaml-node.ts";

/** One document of a file, with where to report what is wrong in it. */
export interface SpecDocument {
  readonly root: Value;
  readonly lineAt: (offset: number) => number;
  readonly report: Report;
  /** Places of errors that were reported while the document was read as YAML. */
  readonly errorPlaces: readonly Place[];
}

/**
 * Reads the documents of a file (YAML 1.2 core schema). Never throws: what is not YAML becomes an issue, and its document is left out.
 * @param issues gets everything that is reported
 */
export function readDocuments<T>(file: SpecFile, issues: Issue[], read: (document: SpecDocument) => readonly T[]): T[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, version: "1.2", schema: "core", prettyErrors: false });
  const report: Report = (place, finding) => {
    const { line, col } = lines.linePos(place.offset);
    // Offset 0 of an empty text is line 0 for the counter.
    const [row, column] = [Math.max(1, line), Math.max(1, col)];
    issues.push({ file: file.file, line: row, column, path: place.path, severity: "error", ...finding });
  };
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    for (const error of document.errors) reportYaml(error, report);
    // A broken tree would only add messages about what the break hides.
    if (document.errors.some((error) => error.code !== "DUPLICATE_KEY")) return [];
    if (reportAliases(document, report)) return [];
    const errorPlaces = document.errors.map((error) => ({ path: "", offset: error.pos[0] }));
    return read({ root: rootValue(document), lineAt, report, errorPlaces });
  });
}

function reportYaml(error: YAMLParseError, report: Report): void {
  const place = { path: "", offset: error.pos[0] };
  if (error.code === "DUPLICATE_KEY") {
    report(place, { code: "duplicate-key", message: "the key is written twice", hint: "Keep one of the two." });
    return;
  }
  report(place, { code: "yaml-syntax", message: error.message, hint: "Check indentation, colons and quotes here." });
}

/** Names aliases that stand for nothing, and those that stand for what holds them. @returns whether there are any */
function reportAliases(document: Document, report: Report): boolean {
  let isBroken = false;
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      if (target !== undefined && !ancestors.includes(target)) return;
      isBroken = true;
      const name = alias.source;
      const message = target === undefined ? `there is no anchor "&${name}" before this` : `"*${name}" holds itself`;
      const hint = target === undefined ? `Write \`&${name}\` at the value that is meant.` : "Write the value out.";
      report({ path: "", offset: alias.range?.[0] ?? 0 }, { code: "yaml-syntax", message, hint });
    },
  });
  return isBroken;
}

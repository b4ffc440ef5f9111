import { LineCounter, parseAllDocuments } from "yaml";
import type { Document, YAMLParseError } from "yaml";
import type { Probe } from "../model/probe.ts";
import type { Slo } from "../model/slo.ts";
import { buildSlos } from "./build.ts";
import type { Issue, Place, Report, SpecFile } from "./issue.ts";
import type { Located } from "./decoder.ts";
import { API_VERSION, fileField } from "./slo-shape.ts";
import { buildProbe } from "./probe-shape.ts";
import type { WrittenSlo } from "./slo-shape.ts";
import { rootValue } from "./yaml-node.ts";
import type { Value } from "./yaml-node.ts";

export interface ParsedSlos {
  /** Every SLO that is right, in the order of the files. */
  readonly slos: readonly Slo[];
  readonly probes: readonly Probe[];
  /** Everything that is wrong in all files, in the order of the text. */
  readonly issues: readonly Issue[];
}

/**
 * Reads SLO files (YAML 1.2 core schema, `apiVersion: monotask.dev/v1`, several SLOs per document and documents per file). Never
 * throws: what is wrong comes back as issues, all in one run, and an SLO with an error is left out of `slos`.
 */
export function parseSlos(files: readonly SpecFile[]): ParsedSlos {
  const issues: Issue[] = [];
  const read = files.map((file) => {
    const found: Issue[] = [];
    const part = parseFile(file, found);
    issues.push(...found.sort((a, b) => a.line - b.line || a.column - b.column));
    return part;
  });
  const slos = withoutDuplicates(
    read.flatMap((part) => part.slos),
    issues,
  );
  return { slos, probes: read.flatMap((part) => part.probes), issues };
}

/** What one file or document holds. */
interface Part {
  readonly slos: readonly Slo[];
  readonly probes: readonly Probe[];
}

const NOTHING: Part = { slos: [], probes: [] };

function parseFile(file: SpecFile, issues: Issue[]): Part {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, version: "1.2", schema: "core", prettyErrors: false });
  const report: Report = (place, finding) => {
    const { line, col } = lines.linePos(place.offset);
    // Offset 0 of an empty text is line 0 for the counter.
    issues.push({
      file: file.file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: place.path,
      severity: "error",
      ...finding,
    });
  };
  if (!Array.isArray(documents) || documents.every((document) => document.contents === null && document.errors.length === 0)) {
    report(
      { path: "", offset: 0 },
      {
        code: "empty-file",
        severity: "warning",
        message: "the file is empty",
        hint: `Begin with \`apiVersion: ${API_VERSION}\`.`,
      },
    );
    return NOTHING;
  }
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const parts = documents.map((document) => parseDocument(document, file.file, lineAt, report));
  return { slos: parts.flatMap((part) => part.slos), probes: parts.flatMap((part) => part.probes) };
}

function parseDocument(document: Document.Parsed, file: string, lineAt: (offset: number) => number, report: Report): Part {
  const errorPlaces: Place[] = [];
  const noting: Report = (place, finding) => {
    if (finding.severity !== "warning") errorPlaces.push(place);
    report(place, finding);
  };
  for (const error of document.errors) reportYaml(error, noting);
  // A broken tree would only add messages about what the break hides.
  if (document.errors.some((error) => error.code !== "DUPLICATE_KEY")) return NOTHING;
  const root = rootValue(document);
  if (root.kind === "null" || isOpenSlo(root, report)) return NOTHING;
  const written = fileField.read(root, noting);
  const entries = written?.slos?.value ?? [];
  const probes = (written?.probes?.value ?? []).flatMap((probe) => buildProbe(probe) ?? []);
  const built = entries.map((entry) => buildSlos(entry, { file, line: lineAt(entry.place.offset) }, noting));
  const ofSlos = errorPlaces.filter((place) => !place.path.startsWith("probes["));
  const broken = new Set(ofSlos.map((place) => entryOf(place, entries)));
  // What is wrong outside the entries, such as the version, is wrong for all of them.
  if (broken.has(undefined)) return NOTHING;
  return { slos: built.flatMap((slos, index) => (broken.has(entries[index]) ? [] : slos)), probes };
}

/** The entry a place belongs to: by path where there is one (an aliased value stands elsewhere in the text), else by offset. */
function entryOf(place: Place, entries: readonly Located<WrittenSlo>[]): Located<WrittenSlo> | undefined {
  if (place.path === "") return entries.findLast((entry) => entry.place.offset <= place.offset);
  return entries.find((entry) => place.path === entry.place.path || place.path.startsWith(`${entry.place.path}.`));
}

/** OpenSLO documents may stand in the same files one day; until then they are named, not taken apart. */
function isOpenSlo(root: Value, report: Report): boolean {
  if (root.kind !== "map") return false;
  const version = root.entries.find((entry) => entry.key === "apiVersion")?.value();
  if (version?.kind !== "text" || !/^openslo(\.com)?\//.test(version.source)) return false;
  const hint = `Write it in the native format: \`apiVersion: ${API_VERSION}\`.`;
  report(version.place, { code: "not-yet-supported", message: "OpenSLO documents are not supported yet", hint });
  return true;
}

function reportYaml(error: YAMLParseError, report: Report): void {
  const place = { path: "", offset: error.pos[0] };
  if (error.code === "DUPLICATE_KEY") {
    report(place, { code: "duplicate-key", message: "the key is written twice", hint: "Keep one of the two." });
    return;
  }
  report(place, { code: "yaml-syntax", message: error.message, hint: "Check indentation, colons and quotes here." });
}

function withoutDuplicates(slos: readonly Slo[], issues: Issue[]): Slo[] {
  const seen = new Map<string, Slo>();
  for (const slo of slos) {
    const first = seen.get(slo.name);
    if (first === undefined) {
      seen.set(slo.name, slo);
      continue;
    }
    issues.push({
      ...slo.source,
      column: 1,
      path: "",
      code: "duplicate-name",
      severity: "error",
      message: `"${slo.name}" is the name of another SLO (${first.source.file}:${first.source.line})`,
      hint: "Give each SLO its own name: history and alerts hang on it.",
    });
  }
  return [...seen.values()];
}

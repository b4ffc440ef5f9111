import type { Probe } from "../model/probe.ts";
import type { Slo } from "../model/slo.ts";
import { buildSlos } from "./build.ts";
import type { Issue, Place, Report, SpecFile } from "./issue.ts";
import type { Located, SpecDocument } from "@monotask/spec-file";
import { readDocuments } from "@monotask/spec-file";
import { API_VERSION, fileField } from "./slo-shape.ts";
import { buildOpenSlos } from "./openslo/build.ts";
import { Library } from "./openslo/library.ts";
import { OPENSLO_VERSION } from "./openslo/shape.ts";
import { buildProbe } from "./probe-shape.ts";
import type { WrittenProbe } from "./probe-shape.ts";
import type { WrittenSlo } from "./slo-shape.ts";

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
  const library = new Library();
  const founds = files.map((): Issue[] => []);
  const read = files.map((file, index) => parseFile(file, founds[index] ?? [], library));
  const imported = buildOpenSlos(library);
  for (const found of founds) issues.push(...found.sort((a, b) => a.line - b.line || a.column - b.column));
  const slos = withoutDuplicates([...read.flatMap((part) => part.slos), ...imported], issues);
  return { slos, probes: read.flatMap((part) => part.probes), issues };
}

/** What one file or document holds. */
interface Part {
  readonly slos: readonly Slo[];
  readonly probes: readonly Probe[];
}

const NOTHING: Part = { slos: [], probes: [] };

function parseFile(file: SpecFile, issues: Issue[], library: Library): Part {
  let hasContent = false;
  const parts = readDocuments(file, issues, (document) => {
    hasContent ||= document.root.kind !== "null";
    return openSloObjects(document).map((each) => parseDocument(each, file.file, library));
  });
  if (!hasContent && issues.length === 0) {
    const hint = `Begin with \`apiVersion: ${API_VERSION}\`.`;
    const place = { file: file.file, line: 1, column: 1, path: "" };
    issues.push({ ...place, code: "empty-file", severity: "warning", message: "the file is empty", hint });
  }
  return { slos: parts.flatMap((part) => part.slos), probes: parts.flatMap((part) => part.probes) };
}

function parseDocument(document: SpecDocument, file: string, library: Library): Part {
  const { root, lineAt, report, errorPlaces: earlier } = document;
  const errorPlaces = [...earlier];
  const noting: Report = (place, finding) => {
    if (finding.severity !== "warning") errorPlaces.push(place);
    report(place, finding);
  };
  if (root.kind === "null") return NOTHING;
  const openSlo = openSloVersion(document);
  if (openSlo !== undefined) {
    takeOpenSlo(document, openSlo, file, library);
    return NOTHING;
  }
  const test = sloTestKind(document);
  if (test !== undefined) {
    const hint = `Keep tests in files of their own and run them with \`monotask slo test ${file}\`.`;
    report(test.place, { code: "bad-value", message: "this document is a test of alerts, no list of SLOs", hint });
    return NOTHING;
  }
  const written = fileField.read(root, noting);
  const entries = written?.slos?.value ?? [];
  const probes = buildProbes(written?.probes?.value ?? [], noting);
  const built = entries.map((entry) => buildSlos(entry, { file, line: lineAt(entry.place.offset) }, noting));
  const ofSlos = errorPlaces.filter((place) => !place.path.startsWith("probes["));
  const broken = new Set(ofSlos.map((place) => entryOf(place, entries)));
  // What is wrong outside the entries, such as the version, is wrong for all of them.
  if (broken.has(undefined)) return NOTHING;
  return { slos: built.flatMap((slos, index) => (broken.has(entries[index]) ? [] : slos)), probes };
}

/** The probes that are right, each name once: results of two of one name could not be told apart. */
function buildProbes(entries: readonly Located<WrittenProbe>[], report: Report): Probe[] {
  const names = new Set<string>();
  return entries.flatMap((entry) => {
    const { name } = entry.value;
    const isTwice = name?.value !== undefined && names.has(name.value);
    if (name?.value !== undefined) names.add(name.value);
    if (!isTwice) return buildProbe(entry, report) ?? [];
    const hint = "Give each probe its own name: its results are counted by it.";
    report(name.place, { code: "duplicate-name", message: `"${name.value}" is the name of another probe`, hint });
    return [];
  });
}

/** The entry a place belongs to: by path where there is one (an aliased value stands elsewhere in the text), else by offset. */
function entryOf(place: Place, entries: readonly Located<WrittenSlo>[]): Located<WrittenSlo> | undefined {
  if (place.path === "") return entries.findLast((entry) => entry.place.offset <= place.offset);
  return entries.find((entry) => place.path === entry.place.path || place.path.startsWith(`${entry.place.path}.`));
}

/** A document may be a list of OpenSLO objects, each of which is one by itself; any other document is itself. */
function openSloObjects(document: SpecDocument): SpecDocument[] {
  const { root } = document;
  if (root.kind !== "list" || root.items.length === 0) return [document];
  const objects = root.items.map((item): SpecDocument => ({ ...document, root: item }));
  return objects.every((object) => openSloVersion(object) !== undefined) ? objects : [document];
}

/** OpenSLO documents may stand in the same files; they are kept apart until all files are read, because references go across them. */
function openSloVersion({ root }: SpecDocument): { readonly source: string; readonly place: Place } | undefined {
  const version = root.kind === "map" ? root.entries.find((entry) => entry.key === "apiVersion")?.value() : undefined;
  return version?.kind === "text" && /^openslo(\.com)?\//.test(version.source) ? version : undefined;
}

function sloTestKind({ root }: SpecDocument): { readonly place: Place } | undefined {
  const kind = root.kind === "map" ? root.entries.find((entry) => entry.key === "kind")?.value() : undefined;
  return kind?.kind === "text" && kind.source === "SloTest" ? kind : undefined;
}

function takeOpenSlo(
  document: SpecDocument,
  version: { readonly source: string; readonly place: Place },
  file: string,
  library: Library,
): void {
  if (version.source === OPENSLO_VERSION) {
    library.add(document, file);
    return;
  }
  const hint = `Write it as \`apiVersion: ${OPENSLO_VERSION}\`, or in the native format: \`apiVersion: ${API_VERSION}\`.`;
  document.report(version.place, { code: "not-yet-supported", message: `${version.source} is not read yet`, hint });
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

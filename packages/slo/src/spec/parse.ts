import type { Probe } from "../model/probe.ts";
import type { Slo } from "../model/slo.ts";
import { buildSlos } from "./build.ts";
import type { Issue, Place, Report, SpecFile } from "./issue.ts";
import type { Located, SpecDocument, Value } from "@monotask/spec-file";
import { readDocuments } from "@monotask/spec-file";
import { API_VERSION, fileField } from "./slo-shape.ts";
import { buildProbe } from "./probe-shape.ts";
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
  let hasContent = false;
  const parts = readDocuments(file, issues, (document) => {
    hasContent ||= document.root.kind !== "null";
    return [parseDocument(document, file.file)];
  });
  if (!hasContent && issues.length === 0) {
    const hint = `Begin with \`apiVersion: ${API_VERSION}\`.`;
    const place = { file: file.file, line: 1, column: 1, path: "" };
    issues.push({ ...place, code: "empty-file", severity: "warning", message: "the file is empty", hint });
  }
  return { slos: parts.flatMap((part) => part.slos), probes: parts.flatMap((part) => part.probes) };
}

function parseDocument({ root, lineAt, report, errorPlaces: earlier }: SpecDocument, file: string): Part {
  const errorPlaces = [...earlier];
  const noting: Report = (place, finding) => {
    if (finding.severity !== "warning") errorPlaces.push(place);
    report(place, finding);
  };
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

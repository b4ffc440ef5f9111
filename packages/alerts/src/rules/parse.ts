import { readDocuments, type Issue, type Located, type Report, type SpecDocument, type SpecFile } from "@monotask/spec-file";
import type { RouteTable } from "../routing/configured.ts";
import type { EscalationLevel } from "../routing/routing.ts";
import { buildMute, buildRoute, buildRule, targetsOf } from "./build.ts";
import type { Rule } from "./rule.ts";
import { API_VERSION, fileField, type WrittenEscalation } from "./shape.ts";

/** A rules file that is right. */
export interface AlertConfig extends RouteTable {
  readonly rules: readonly Rule[];
}

export interface ParsedAlerts {
  /** Undefined where anything is wrong: half a set of routes would tell half the people. */
  readonly config: AlertConfig | undefined;
  /** Everything that is wrong, in the order of the text. */
  readonly issues: readonly Issue[];
}

/** Reads a file of alert rules and routes. Never throws: what is wrong comes back as issues, all in one run. */
export function parseAlerts(file: SpecFile): ParsedAlerts {
  const issues: Issue[] = [];
  const configs = readDocuments(file, issues, (document) =>
    document.root.kind === "null" ? [] : [readConfig(document, file.file)],
  );
  issues.sort((a, b) => a.line - b.line || a.column - b.column);
  if (configs.length !== 1 && issues.length === 0) {
    const at = { file: file.file, line: 1, column: 1, path: "", severity: "error" } as const;
    const [message, hint] =
      configs.length === 0
        ? ["the file is empty", `Begin with \`apiVersion: ${API_VERSION}\`.`]
        : ["the file holds several documents", "Keep one: routes are read from top to bottom."];
    issues.push({ ...at, code: configs.length === 0 ? "empty-file" : "several-documents", message, hint });
  }
  return { config: issues.some(({ severity }) => severity === "error") ? undefined : configs[0], issues };
}

function readConfig({ root, lineAt, report }: SpecDocument, file: string): AlertConfig | undefined {
  const written = fileField.read(root, report);
  if (!written) return undefined;
  const levels = levelsOf(written.escalation?.value);
  const rules = built(written.rules?.value, (entry) => buildRule(entry, lineAt, report));
  reportTwice(written.rules?.value, report);
  const fallback = written.fallback;
  return {
    file,
    rules,
    routes: built(written.routes?.value, (entry) => buildRoute(entry, levels.length > 0, lineAt, report)),
    fallback: { targets: targetsOf(fallback?.value?.targets?.value), line: fallback ? lineAt(fallback.place.offset) : 1 },
    muteTimes: built(written.muteTimes?.value, (entry) => buildMute(entry, report)),
    levels,
  };
}

function built<T, B>(entries: readonly Located<T>[] | undefined, build: (entry: Located<T>) => B | undefined): B[] {
  return (entries ?? []).flatMap((entry) => build(entry) ?? []);
}

function levelsOf(escalation: WrittenEscalation | undefined): EscalationLevel[] {
  return (escalation?.levels?.value ?? []).flatMap(({ value }) => {
    const afterMinutes = value.after?.value;
    return afterMinutes === undefined ? [] : [{ afterMs: afterMinutes * 60_000, targets: targetsOf(value.targets?.value) }];
  });
}

/** Alerts hang on a rule's name. */
function reportTwice(
  entries:
    | readonly Located<{
        readonly name: { readonly value: string | undefined; readonly place: Located<unknown>["place"] } | undefined;
      }>[]
    | undefined,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { value } of entries ?? []) {
    const name = value.name?.value;
    if (value.name && name !== undefined && seen.has(name)) {
      const hint = "Give each rule its own name: its alerts hang on it.";
      report(value.name.place, { code: "duplicate-name", message: `"${name}" is the name of another rule`, hint });
    }
    if (name !== undefined) seen.add(name);
  }
}

import type { Found } from "@monotask/spec-file";
import type { Place, Report } from "../issue.ts";
import { nearest } from "@monotask/spec-file";
import type { SpecDocument } from "@monotask/spec-file";
import { openSloDocuments, OPENSLO_KINDS } from "./shape.ts";
import type { ConditionSpec, Envelope, OpenSloKind, PolicySpec, SliSpec, SloSpec } from "./shape.ts";

/** One document with where it came from. */
export interface Loaded<S> {
  readonly name: string;
  readonly envelope: Envelope<S>;
  readonly document: SpecDocument;
  readonly file: string;
  /** Whether something in it is wrong, which has been reported. */
  readonly hasErrors: boolean;
}

/** All documents of all files, by kind: references go across files. */
export class Library {
  readonly slos: Loaded<SloSpec>[] = [];
  readonly slis: Map<string, Loaded<SliSpec>> = new Map();
  readonly policies: Map<string, Loaded<PolicySpec>> = new Map();
  readonly conditions: Map<string, Loaded<ConditionSpec>> = new Map();
  readonly targets: Map<string, Loaded<unknown>> = new Map();
  readonly sources: Map<string, Loaded<{ readonly type: Found<string> | undefined }>> = new Map();
  readonly services: Map<string, Loaded<unknown>> = new Map();

  /** Reads one document; what is wrong is reported. */
  add(document: SpecDocument, file: string): void {
    const { root } = document;
    let hasErrors = document.errorPlaces.length > 0;
    const report: Report = (place, finding) => {
      hasErrors ||= finding.severity !== "warning";
      document.report(place, finding);
    };
    const kind = kindOf(document);
    if (kind === undefined) return;
    const load = <S>(read: Envelope<S> | undefined): Loaded<S> | undefined => {
      const name = read?.metadata?.value?.name?.value;
      return read === undefined || name === undefined ? undefined : { name, envelope: read, document, file, hasErrors };
    };
    const keep = <S>(shelf: Map<string, Loaded<S>>, loaded: Loaded<S> | undefined): void => {
      if (loaded === undefined) return;
      const first = shelf.get(loaded.name);
      if (first === undefined) shelf.set(loaded.name, loaded);
      else {
        const hint = "Give each its own name: references must be clear.";
        const message = `another ${kind} is called "${loaded.name}" (${first.file})`;
        report(loaded.envelope.metadata?.value?.name?.place ?? root.place, { code: "duplicate-name", message, hint });
      }
    };
    switch (kind) {
      case "SLO": {
        const loaded = load(openSloDocuments.SLO.read(root, report));
        if (loaded !== undefined) this.slos.push(loaded);
        return;
      }
      case "SLI":
        return keep(this.slis, load(openSloDocuments.SLI.read(root, report)));
      case "AlertPolicy":
        return keep(this.policies, load(openSloDocuments.AlertPolicy.read(root, report)));
      case "AlertCondition":
        return keep(this.conditions, load(openSloDocuments.AlertCondition.read(root, report)));
      case "AlertNotificationTarget":
        return keep(this.targets, load(openSloDocuments.AlertNotificationTarget.read(root, report)));
      case "DataSource":
        return keep(this.sources, load(openSloDocuments.DataSource.read(root, report)));
      case "Service":
        return keep(this.services, load(openSloDocuments.Service.read(root, report)));
    }
  }
}

/** What a reference names; a dangling one is reported with what there is. */
export function resolve<S>(
  shelf: ReadonlyMap<string, Loaded<S>>,
  what: OpenSloKind,
  ref: { readonly value: string; readonly place: Place },
  report: Report,
): Loaded<S> | undefined {
  const found = shelf.get(ref.value);
  if (found !== undefined) return found;
  const near = nearest(ref.value, [...shelf.keys()]);
  const hint =
    near === undefined ? `Add a document of kind ${what} with that name, or name its file too.` : `Did you mean "${near}"?`;
  report(ref.place, { code: "unresolved-reference", message: `there is no ${what} "${ref.value}"`, hint });
  return undefined;
}

function kindOf({ root, report }: SpecDocument): OpenSloKind | undefined {
  if (root.kind !== "map") return undefined;
  const value = root.entries.find((entry) => entry.key === "kind")?.value();
  const kind = OPENSLO_KINDS.find((known) => value?.kind === "text" && known === value.source);
  if (kind !== undefined) return kind;
  const hint = `Write one of ${OPENSLO_KINDS.join(", ")}.`;
  report(value?.place ?? root.place, {
    code: value === undefined ? "missing-key" : "bad-value",
    message: "the document's `kind` is not one of OpenSLO v1",
    hint,
  });
  return undefined;
}

import type { Slo } from "../../model/slo.ts";
import { buildSlos } from "../build.ts";
import type { Report } from "../issue.ts";
import { sloName } from "../scalars.ts";
import type { WrittenSlo } from "../slo-shape.ts";
import { alertingOf } from "./alert-policies.ts";
import { annotationsOf } from "./annotations.ts";
import { indicatorOf, measuredIndicator } from "./indicator.ts";
import { resolve } from "./library.ts";
import type { Library, Loaded } from "./library.ts";
import { targetOf, timesliceOf, windowOf } from "./objective.ts";
import type { SloSpec } from "./shape.ts";
import { given } from "./written.ts";

/**
 * The SLOs of all OpenSLO documents, references resolved. A document whose metrics come from elsewhere is valid and named in a warning:
 * it cannot be measured here.
 */
export function buildOpenSlos(library: Library): Slo[] {
  for (const { envelope, document } of library.policies.values())
    for (const entry of envelope.spec?.value?.notificationTargets?.value ?? [])
      if (entry.value.ref?.value !== undefined)
        resolve(library.targets, "AlertNotificationTarget", given(entry.value.ref.value, entry.value.ref.place), document.report);
  return library.slos.flatMap((loaded) => buildOne(library, loaded));
}

function buildOne(library: Library, loaded: Loaded<SloSpec>): Slo[] {
  const { document, envelope, file, name } = loaded;
  let errors = document.errorPlaces.length;
  const report: Report = (place, finding) => {
    if (finding.severity !== "warning") errors += 1;
    document.report(place, finding);
  };
  const spec = envelope.spec?.value;
  const place = envelope.metadata?.value?.name?.place ?? document.root.place;
  const slo = sloName.read({ kind: "text", source: name, place }, report);
  if (spec === undefined || slo === undefined || loaded.hasErrors) return [];
  const objectives = spec.objectives?.value ?? [];
  const window = windowOf(spec, report);
  const alerting = alertingOf(library, spec, report);
  const method = spec.budgetingMethod?.value;
  if (
    method === "RatioTimeslices" ||
    objectives.some(({ value }) => value.indicator !== undefined || value.indicatorRef !== undefined)
  ) {
    const hint = "Use Occurrences or Timeslices with one indicator for the whole SLO.";
    report(spec.budgetingMethod?.place ?? place, {
      code: "not-yet-supported",
      severity: "warning",
      message: "RatioTimeslices and composite SLOs are valid OpenSLO, and not measured here",
      hint,
    });
    return [];
  }
  const sli = indicatorOf(library, spec, place, report);
  const source = { file, line: document.lineAt(place.offset) };
  const annotations = annotationsOf(envelope.metadata?.value?.annotations?.value);
  const built = objectives.flatMap((objective, index) => {
    const target = targetOf(objective, report);
    const indicator = sli === undefined ? undefined : measuredIndicator(library, sli, objective, report);
    if (target === undefined || indicator === undefined || window === undefined) return [];
    const written: WrittenSlo = {
      ...EMPTY,
      name: given(objectives.length === 1 ? slo : `${slo}-${index + 1}`, place),
      service: spec.service,
      description: spec.description,
      indicator,
      target,
      window: given(window, place),
      method: method === "Timeslices" ? given("timeslices", place) : undefined,
      timeslice: method === "Timeslices" ? timesliceOf(objective, report) : undefined,
      alerting,
      ...annotations,
    };
    return buildSlos(given(written, place), source, report);
  });
  return errors > 0 ? [] : built;
}

const EMPTY: WrittenSlo = {
  name: undefined,
  service: undefined,
  description: undefined,
  indicator: undefined,
  symptom: undefined,
  target: undefined,
  percentile: undefined,
  window: undefined,
  method: undefined,
  timeslice: undefined,
  alerting: undefined,
  budgetAlerts: undefined,
  lowTraffic: undefined,
  noData: undefined,
  exclusions: undefined,
  runbook: undefined,
  owner: undefined,
  labels: undefined,
};

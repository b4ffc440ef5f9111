import { compileSql, kindColumns, KINDS, QueryError } from "@monotask/telemetry";
import { planScans } from "../plan/plan.ts";
import { planWindows } from "../plan/windows.ts";
import type { DashboardIssue, DashboardIssueCode } from "./issue.ts";
import { isQueryPanel } from "./query-panel.ts";
import type { Dashboard, PanelValue, QueryPanel, Section } from "./panel.ts";
import { fieldsIn } from "./fields.ts";

/** Names that a definition may refer to. */
export interface References {
  readonly slos?: readonly string[];
  readonly runbooks?: readonly string[];
}

const ANY_RANGE = { fromMs: 0, toMs: 3_600_000, stepSeconds: 60 };
/** Two hours: no panel's rolling window is as long. */
const NO_WINDOW = { fromMs: 0, toMs: 7_200_000 };

/** What the shape alone does not show: names, fields, operations, and how many queries a section costs. */
export function checkDashboard(dashboard: Dashboard, references: References): DashboardIssue[] {
  const issues: DashboardIssue[] = [];
  const seen = new Set<string>();
  dashboard.sections.forEach((section, at) => {
    const sectionPath = `sections[${at}]`;
    takeId(section.id, `${sectionPath}.id`, seen, issues);
    section.panels.forEach((panel, index) => {
      const path = `${sectionPath}.panels[${index}]`;
      takeId(panel.id, `${path}.id`, seen, issues);
      checkReferences(panel, path, references, issues);
      if (isQueryPanel(panel)) checkQuery(panel, path, issues);
    });
    if (!issues.some(({ path, severity }) => severity === "error" && path.startsWith(sectionPath)))
      checkScans(section, sectionPath, issues);
  });
  return issues;
}

/** Fields of the schema, and measures of panels, that no panel shows: `monotask dashboard validate --unused`. */
export function unusedFields(dashboard: Dashboard): DashboardIssue[] {
  const panels = dashboard.sections.flatMap(({ panels: all }) => all.filter(isQueryPanel));
  const unusedMeasures = panels.flatMap((panel) => {
    const used = new Set(panel.values.flatMap(measuresOf));
    return Object.keys(panel.query.measures)
      .filter((name) => !used.has(name))
      .map((name) => warning(`${panel.id}.query.measures.${name}`, `the measure "${name}" is shown by no value`));
  });
  const unusedColumns = KINDS.flatMap((kind) => {
    const used = new Set(panels.filter(({ query }) => query.kind === kind).flatMap(fieldsIn));
    return Object.keys(kindColumns[kind])
      .filter((field) => !used.has(field))
      .map((field) => warning(`${kind}.${field}`, `no panel reads ${kind}.${field}`));
  });
  return [...unusedMeasures, ...unusedColumns];
}

function warning(path: string, message: string): DashboardIssue {
  return {
    severity: "warning",
    code: "unused-field",
    path,
    message,
    hint: "Show it in a panel, or leave it to queries by hand.",
  };
}

function takeId(id: string, path: string, seen: Set<string>, issues: DashboardIssue[]): void {
  if (seen.has(id))
    issues.push(error("duplicate-id", path, `"${id}" is used twice`, "Give each section and panel an id of its own."));
  seen.add(id);
}

function checkReferences(
  panel: { readonly slo?: string | undefined; readonly runbook?: string | undefined },
  path: string,
  { slos, runbooks }: References,
  issues: DashboardIssue[],
): void {
  if (panel.slo !== undefined && slos?.includes(panel.slo) === false)
    issues.push(error("unknown-slo", `${path}.slo`, `there is no SLO "${panel.slo}"`, `Use one of ${slos.join(", ")}.`));
  if (panel.runbook !== undefined && runbooks?.includes(panel.runbook) === false)
    issues.push(
      error("unknown-runbook", `${path}.runbook`, `there is no runbook "${panel.runbook}"`, `Use one of ${runbooks.join(", ")}.`),
    );
}

function checkQuery(panel: QueryPanel, path: string, issues: DashboardIssue[]): void {
  panel.values.forEach((value, at) => {
    for (const name of measuresOf(value)) {
      const measure = panel.query.measures[name];
      const place = `${path}.values[${at}]`;
      if (measure === undefined) {
        const known = Object.keys(panel.query.measures).join(", ");
        issues.push(
          error("unknown-measure", place, `there is no measure "${name}"`, `Use ${known}, or add it to query.measures.`),
        );
      } else if (!isFitting(value, measure.measure, panel.kind))
        issues.push(
          error(
            "wrong-operation",
            place,
            `"${value.op}" does not go with the ${measure.measure} "${name}"`,
            "total, rate, share and concurrency take counts and sums (share also maxima); value takes means, maxima and quantiles; a histogram is shown by value in a panel of kind histogram.",
          ),
        );
    }
  });
  try {
    for (const scan of planScans([panel], ANY_RANGE)) compileSql(scan.query, "monotask");
  } catch (cause) {
    if (!(cause instanceof QueryError)) throw cause;
    issues.push(error("bad-query", `${path}.query`, cause.message, "Fields of each kind: kindColumns in @monotask/telemetry."));
  }
}

function isFitting(value: PanelValue, measure: string, kind: string): boolean {
  switch (value.op) {
    case "value":
      return kind === "histogram" ? measure === "histogram" : ["mean", "max", "quantile"].includes(measure);
    case "share":
      return ["count", "sum", "max"].includes(measure);
    case "total":
    case "rate":
      return measure === "count" || measure === "sum";
    case "concurrency":
      return measure === "sum";
  }
}

function checkScans(section: Section, path: string, issues: DashboardIssue[]): void {
  const scans = planWindows(section.panels.filter(isQueryPanel), NO_WINDOW);
  if (scans.length > 1)
    issues.push({
      severity: "warning",
      code: "several-scans",
      path,
      message: `the panels of "${section.id}" need ${scans.length} queries for each refresh`,
      hint: "Quantiles cannot be added up: group the panels of one kind by the same fields, and keep rolling windows (rangeHours) in a section without quantiles.",
    });
}

export function measuresOf(value: PanelValue): string[] {
  return value.op === "share" ? [value.of, ...value.by] : [value.of];
}

function error(code: DashboardIssueCode, path: string, message: string, hint: string): DashboardIssue {
  return { severity: "error", code, path, message, hint };
}

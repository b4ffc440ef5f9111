import * as v from "valibot";
import { checkDashboard } from "./check.ts";
import type { References } from "./check.ts";
import type { DashboardIssue } from "./issue.ts";
import { dashboardSchema } from "./panel.ts";
import type { Dashboard, DashboardInput } from "./panel.ts";

export interface ParsedDashboard {
  /** Absent when the shape is wrong; issues of severity error say what else is. */
  readonly dashboard: Dashboard | undefined;
  readonly issues: readonly DashboardIssue[];
}

/**
 * Reads a definition. All issues are reported in one run; nothing is thrown.
 * @param references SLO and runbook names to check against; left out, references are not checked
 */
export function parseDashboard(text: string, references: References = {}): ParsedDashboard {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "unreadable";
    return { dashboard: undefined, issues: [issueOf("not-json", "", `not JSON (${message})`, "Correct the file there.")] };
  }
  const parsed = v.safeParse(dashboardSchema, value);
  if (!parsed.success) {
    const issues = parsed.issues.map((issue) => {
      if (issue.expected === "never") {
        const name = JSON.stringify(issue.path?.at(-1)?.key);
        return issueOf("wrong-shape", pathOf(issue.path ?? []), `unknown key ${name}`, UNKNOWN_KEY_HINT);
      }
      const found = issue.received === "undefined" ? "it is missing" : `found ${issue.received}`;
      const hint = issue.expected === null ? "Correct it." : `Expected ${issue.expected}.`;
      const message = issue.kind === "schema" ? found : issue.message;
      return issueOf("wrong-shape", pathOf(issue.path ?? []), message, hint);
    });
    return { dashboard: undefined, issues };
  }
  return { dashboard: parsed.output, issues: checkDashboard(parsed.output, references) };
}

/**
 * A definition written in TypeScript, checked by its types and again at run time.
 * @throws Error that names the first issue
 */
export function defineDashboard(input: DashboardInput): Dashboard {
  const { dashboard, issues } = parseDashboard(JSON.stringify(input));
  const error = issues.find(({ severity }) => severity === "error");
  if (dashboard === undefined || error !== undefined)
    throw new Error(`${error?.path ?? ""}: ${error?.message ?? "no dashboard"}. ${error?.hint ?? ""}`);
  return dashboard;
}

const UNKNOWN_KEY_HINT = "Correct its name or remove it: the published JSON Schema names every key.";

function issueOf(code: DashboardIssue["code"], path: string, message: string, hint: string): DashboardIssue {
  return { severity: "error", code, path, message, hint };
}

function pathOf(path: readonly { readonly key: unknown }[]): string {
  return path.reduce((text, { key }) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

import { parse, YAMLParseError } from "yaml";
import type { EscalationLevel, FrontMatter } from "../model.ts";

/** Reads the front matter; every problem is told by `problem`, what is wrong is left out. */
export function frontMatterOf(text: string, problem: (message: string) => void): FrontMatter {
  const data = objectOf(text, problem);
  const word = (key: string): string => {
    const value = data[key];
    if (typeof value === "string" && value !== "") return value;
    problem(`front matter: "${key}" must be a text`);
    return "";
  };
  const words = (key: string): readonly string[] => {
    const value = data[key];
    if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) return value;
    problem(`front matter: "${key}" must be a list of texts`);
    return [];
  };
  const severity = data["severity"];
  if (severity !== "critical" && severity !== "warning" && severity !== "info")
    problem('front matter: "severity" must be critical, warning or info');
  const updated = word("updated");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(updated)) problem('front matter: "updated" must be a day such as 2026-11-24');
  const levels: unknown = data["escalation"];
  if (!Array.isArray(levels) || levels.length === 0) problem('front matter: "escalation" must list the levels');
  return {
    alerts: words("alerts"),
    severity: severity === "critical" || severity === "info" ? severity : "warning",
    owner: word("owner"),
    reviewers: words("reviewers"),
    updated,
    escalation: (Array.isArray(levels) ? levels : []).flatMap((level: unknown, at) => levelOf(level, at + 1, problem)),
  };
}

function levelOf(value: unknown, level: number, problem: (message: string) => void): EscalationLevel[] {
  const given: Record<string, unknown> = typeof value === "object" && value !== null ? { ...value } : {};
  const { who, respondWithin, duties } = given;
  const [, amount = "", unit = ""] = /^(\d+)\s?(min|h)$/.exec(typeof respondWithin === "string" ? respondWithin : "") ?? [];
  if (typeof who !== "string" || typeof duties !== "string" || amount === "") {
    problem(`front matter: escalation level ${level} needs who, duties and respondWithin such as 15 min or 1 h`);
    return [];
  }
  return [{ level, who, duties, respondWithinMinutes: Number(amount) * (unit === "h" ? 60 : 1) }];
}

function objectOf(text: string, problem: (message: string) => void): Record<string, unknown> {
  try {
    const value: unknown = parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
    problem("front matter must be keys and values");
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    problem(`front matter is not YAML: ${error.message.split("\n")[0] ?? ""}`);
  }
  return {};
}

import { formatIssues, parseAlerts, type AlertConfig } from "@monotask/alerts/rules";
import alertsYaml from "../../../../config/alerts.yaml";

/** The rules that were deployed: they hold until others are pushed, and again when those are rolled back. */
export const SHIPPED_RULES: string = alertsYaml;

const FILE = "config/alerts.yaml";

/** What came of reading a rules file. */
export type ReadRules = { readonly config: AlertConfig } | { readonly error: string };

/** The rules that were last heard to hold, for when AlertManager cannot be asked. */
let lastKnown: string | undefined;

/** Remembers the text of the rules that hold now. */
export function rememberRules(text: string): AlertConfig {
  lastKnown = text;
  return configOf(text);
}

/** The rules that held when they were last asked for; the deployed ones until then. */
export function lastKnownRules(): AlertConfig {
  return configOf(lastKnown ?? SHIPPED_RULES);
}

/** A text is parsed once an isolate: ticks and routes read it each minute. */
let last: { readonly text: string; readonly read: ReadRules } | undefined;

/** Reads a rules file; what is wrong comes back as text with lines and hints. */
export function readRules(text: string): ReadRules {
  if (last?.text === text) return last.read;
  const file = { file: FILE, text };
  const { config, issues } = parseAlerts(file);
  const read: ReadRules = config ? { config } : { error: formatIssues(issues, [file]) };
  last = { text, read };
  return read;
}

/** The rules that hold: those pushed, or the shipped ones where they can no longer be read, such as after a change of the format. */
export function configOf(text: string): AlertConfig {
  for (const candidate of [text, SHIPPED_RULES]) {
    const read = readRules(candidate);
    if ("config" in read) return read.config;
  }
  throw new Error("config/alerts.yaml as deployed is not valid: run `monotask alerts validate` before deploying");
}

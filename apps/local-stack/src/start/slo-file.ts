import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatIssues, parseSlos } from "@monotask/slo";

const FILE = "config/slos.yaml";

/**
 * What is wrong with the SLO file, with lines and hints; undefined when nothing is. The evaluator goes on with the SLOs that are right,
 * so a faulty file does not keep the stack from starting.
 */
export function sloFileComplaint(root: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, FILE), "utf8");
  } catch (error) {
    return `${FILE} cannot be read: ${String(error)}`;
  }
  const file = { file: FILE, text };
  const errors = parseSlos([file]).issues.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return undefined;
  return `${formatIssues(errors, [file])}\nThe other SLOs are measured. Correct the file and start again.`;
}

import { formatIssues, parseSlos } from "@monotask/slo";
import type { Issue, SpecFile } from "@monotask/slo";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { counted } from "../show/counted.ts";
import { readSpecs } from "./spec-files.ts";

export interface ValidateOptions {
  readonly format: "text" | "json";
  /** Warnings count as errors. */
  readonly strict: boolean;
}

/** `monotask slo validate`: every issue of every file. Exit code 0 valid, 1 invalid or unreadable, 2 a call that is off. */
export async function validateSlos(io: Io, paths: readonly string[], options: ValidateOptions): Promise<number> {
  const files = await readSpecs(io, paths);
  const { slos, issues } = parseSlos(files);
  if (options.format === "json") io.out(JSON.stringify({ slos: slos.map((slo) => slo.name), issues }, undefined, 2));
  else io.out(report(files, slos.length, issues));
  const isInvalid = issues.some((issue) => issue.severity === "error" || options.strict);
  return isInvalid ? EXIT.failed : EXIT.ok;
}

function report(files: readonly SpecFile[], count: number, issues: readonly Issue[]): string {
  const errors = issues.filter((issue) => issue.severity === "error").length;
  const verdict = `${counted(count, "SLO")} in ${files.map((file) => file.file).join(", ")}: ${counted(errors, "error")}, ${counted(issues.length - errors, "warning")}`;
  return issues.length === 0 ? verdict : `${formatIssues(issues, files)}\n\n${verdict}`;
}

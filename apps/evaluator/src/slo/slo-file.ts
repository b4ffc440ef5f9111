import { formatIssues, parseSlos } from "@monotask/slo";
import type { ParsedSlos, Probe, Slo } from "@monotask/slo";
import type { Logger } from "@monotask/telemetry";
import slosYaml from "../../../../config/slos.yaml";

const SLO_FILE = { file: "config/slos.yaml", text: slosYaml };

/** The file is part of the bundle: it is read once an isolate. */
let parsed: ParsedSlos | undefined;

/** The SLOs of the file; a faulty file is named with its lines, and its sound SLOs are measured all the same. */
export function shippedSlos(logger: Logger): readonly Slo[] {
  parsed ??= parseSlos([SLO_FILE]);
  const errors = parsed.issues.filter((issue) => issue.severity === "error");
  if (errors.length > 0) logger.error(formatIssues(errors, [SLO_FILE]));
  return parsed.slos;
}

export function shippedProbes(): readonly Probe[] {
  parsed ??= parseSlos([SLO_FILE]);
  return parsed.probes;
}

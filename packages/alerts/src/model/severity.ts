/** How bad an alert is, in the words of the routes: critical pages, warning is posted, info is only logged. */
export type Severity = "critical" | "warning" | "info";

/** All severities, loudest first. */
export const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

/** True when `a` is louder than `b`. */
export function isLouder(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
}

/** The loudest of the severities, `info` for none. */
export function loudest(severities: Iterable<Severity>): Severity {
  let top: Severity = "info";
  for (const severity of severities) if (isLouder(severity, top)) top = severity;
  return top;
}

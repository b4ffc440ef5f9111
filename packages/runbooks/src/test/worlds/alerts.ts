import { many } from "./points.ts";
import type { TimedPoint } from "./points.ts";

// What makes a rule noisy.

export const NOISY_RULE: readonly TimedPoint[] = [
  ...many("alert", 30, { rule: "queue-depth-warning", severity: "warning", event: "fired" }),
  ...many("alert", 30, { rule: "queue-depth-warning", severity: "warning", event: "told" }),
  ...many("alert", 2, { rule: "error-rate-warning", severity: "warning", event: "fired" }),
];

import { aggregatesStep } from "./aggregates-step.ts";
import { platformStep } from "../platform/platform-step.ts";
import { probeStep } from "../probes/probe-step.ts";
import { queuesStep } from "../queues/queues-step.ts";
import { reportStep } from "../reports/report-step.ts";
import { rulesStep } from "../rules/rules-step.ts";
import { sandboxesStep } from "../sandboxes/sandboxes-step.ts";
import { heartbeatStep } from "./heartbeat-step.ts";
import { sloStep } from "./slo-step.ts";
import type { ClosingStep, TickStep } from "./step.ts";

/** Everything that happens each minute, side by side; a new collector or rule set is a file and a line here. */
export const TICK_STEPS: readonly TickStep[] = [
  // One a line, so that two additions do not meet.
  sloStep,
  rulesStep,
  probeStep,
  reportStep,
  queuesStep,
  sandboxesStep,
  platformStep,
  aggregatesStep,
];

/** What happens when the steps are done. */
export const CLOSING_STEPS: readonly ClosingStep[] = [heartbeatStep];

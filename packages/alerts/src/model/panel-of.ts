import type { AlertLabels } from "./signal.ts";

/** A panel of the shipped dashboard. */
export interface PanelPlace {
  readonly section: string;
  readonly panel: string;
  /** Its points are written by the evaluator for all workers: narrowed to one it would be empty. */
  readonly isOfAll?: boolean;
}

const DEPTH: PanelPlace = { section: "queue-metrics", panel: "queue-depth", isOfAll: true };
const ERRORS: PanelPlace = { section: "worker-health", panel: "error-rate" };

/** Panels by the name of an alert, the first that fits. */
const BY_NAME: readonly (readonly [name: RegExp, place: PanelPlace])[] = [
  [/queue-depth/, DEPTH],
  [/^queue:/, { section: "queue-metrics", panel: "dlq-count", isOfAll: true }],
  [/database|slow-queries/, { section: "performance", panel: "d1-time" }],
  [/worker-timeout/, { section: "resource-usage", panel: "cpu-time" }],
  [/sandbox-timeouts/, { section: "sandbox-metrics", panel: "sandbox-timeouts" }],
  [/sandbox/, { section: "sandbox-metrics", panel: "sandbox-active", isOfAll: true }],
];

/** Panels of all other alerts, by what hurts. */
const BY_SYMPTOM: Readonly<Record<AlertLabels["symptom"], PanelPlace>> = {
  errors: ERRORS,
  availability: ERRORS,
  latency: { section: "performance", panel: "latency-p95" },
  saturation: DEPTH,
  data: { section: "worker-health", panel: "requests-by-worker" },
};

/** Every panel that a message may lead to. */
export const LINKED_PANELS: readonly PanelPlace[] = [...BY_NAME.map(([, place]) => place), ...Object.values(BY_SYMPTOM)];

/** The panel that shows what an alert is about. */
export function panelOf(name: string, { symptom }: Pick<AlertLabels, "symptom">): PanelPlace {
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? BY_SYMPTOM[symptom];
}

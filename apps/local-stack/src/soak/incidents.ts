/** Switches of the demo's `/__faults`. */
export type Faults = Readonly<Record<string, number | boolean>>;

/** Something that goes wrong in the course of the scripted day. */
export interface Incident {
  readonly name: string;
  readonly faults: Faults;
  /**
   * Alerts that must fire: `rule:NAME` of `config/alerts.yaml`, `slo:NAME:RULE` of `config/slos.yaml`, and a worker's own. Empty where
   * nothing may fire, because every objective is kept.
   */
  readonly expects: readonly string[];
}

/** Every fault of the demo, one after the other; two pairs of them at the same time. */
export const INCIDENTS: readonly Incident[] = [
  { name: "handlers throw", faults: { errorRate: 0.4 }, expects: ["rule:error-rate-critical", "slo:api-availability:page-fast"] },
  {
    name: "everything is slow",
    faults: { latencyMs: 700 },
    expects: ["rule:task-latency-warning"],
  },
  { name: "504s", faults: { gatewayTimeouts: 0.4 }, expects: ["rule:worker-timeout-warning", "rule:error-rate-critical"] },
  { name: "GitHub and Claude are down", faults: { upstreamDown: true }, expects: ["error:external-api"] },
  // GitHub's answers come from the cache, and Claude may take 30 s: nobody is to be told.
  { name: "GitHub and Claude are slow", faults: { upstreamSlowMs: 6_000 }, expects: [] },
  { name: "GitHub and Claude refuse with 429", faults: { upstream429: true }, expects: ["error:external-api"] },
  { name: "a bad deploy", faults: { badDeploy: true }, expects: ["rule:database-errors-critical"] },
  { name: "an index is missing", faults: { slowQuery: true }, expects: ["rule:slow-queries-warning"] },
  {
    name: "N+1 queries while writes compete",
    faults: { nPlusOne: true, lockContention: true },
    expects: ["rule:slow-queries-warning"],
  },
  { name: "poison messages", faults: { poisonMessage: 20 }, expects: ["queue:poison"] },
  {
    name: "sandboxes are stuck",
    faults: { sandboxStuck: true, sandboxCapacity: 21 },
    expects: ["rule:sandbox-timeouts-warning"],
  },
  {
    name: "a backlog while handlers throw",
    faults: { queueBacklog: 700, errorRate: 0.2 },
    expects: ["rule:queue-depth-critical", "rule:error-rate-critical"],
  },
];

/** Real ms that each incident is on, and that pass until the next; a slot's time is left healthy before the first and after the last. */
export function pauses(incidents: readonly Incident[], runMs: number): { readonly onMs: number; readonly offMs: number } {
  const slotMs = runMs / (incidents.length + 2);
  return { onMs: slotMs * ON_SHARE, offMs: slotMs * (1 - ON_SHARE) };
}

const ON_SHARE = 0.5;

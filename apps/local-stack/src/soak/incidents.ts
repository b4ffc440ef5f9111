/** Switches of the demo's `/__faults`. */
export type Faults = Readonly<Record<string, number | boolean>>;

/** Something that goes wrong in the course of the scripted day. */
export interface Incident {
  readonly name: string;
  readonly faults: Faults;
  /** Alerts of which at least one must be raised: names begin so. */
  readonly expects: readonly string[];
}

/** Every fault of the demo once, and two pairs at the same time. */
export const INCIDENTS: readonly Incident[] = [
  { name: "handlers throw", faults: { errorRate: 0.4 }, expects: ["slo:api-availability:", "error:"] },
  { name: "everything is slow", faults: { latencyMs: 700 }, expects: ["slo:api-gateway-latency:", "slo:task-operations"] },
  { name: "504s", faults: { gatewayTimeouts: 0.4 }, expects: ["slo:api-availability:", "error:timeout"] },
  { name: "GitHub and Claude are down", faults: { upstreamDown: true }, expects: ["slo:", "error:external"] },
  { name: "GitHub and Claude are slow", faults: { upstreamSlowMs: 3_000 }, expects: ["slo:", "error:"] },
  { name: "GitHub and Claude refuse with 429", faults: { upstream429: true }, expects: ["slo:", "error:"] },
  { name: "a bad deploy", faults: { badDeploy: true }, expects: ["error:database", "slo:api-availability:"] },
  { name: "an index is missing", faults: { slowQuery: true }, expects: ["slo:"] },
  { name: "N+1 queries under latency", faults: { nPlusOne: true, latencyMs: 400 }, expects: ["slo:"] },
  { name: "writes compete", faults: { lockContention: true }, expects: ["slo:"] },
  { name: "poison messages", faults: { poisonMessage: 20 }, expects: ["error:", "queue:", "slo:queue"] },
  { name: "a backlog while handlers throw", faults: { queueBacklog: 150, errorRate: 0.2 }, expects: ["slo:", "error:"] },
];

/** Real ms that each incident is on, and that pass until the next; a slot's time is left healthy before the first and after the last. */
export function pauses(incidents: readonly Incident[], runMs: number): { readonly onMs: number; readonly offMs: number } {
  const slotMs = runMs / (incidents.length + 2);
  return { onMs: slotMs * ON_SHARE, offMs: slotMs * (1 - ON_SHARE) };
}

const ON_SHARE = 0.4;

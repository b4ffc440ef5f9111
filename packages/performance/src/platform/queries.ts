/** One question to Cloudflare's GraphQL Analytics API, and how its groups become gauges. */
export interface PlatformQuery {
  /** The node under `accounts`. */
  readonly node: string;
  /** What is asked of each group. */
  readonly selection: string;
  /** What a group is about: a path within it. */
  readonly subject: readonly string[];
  /** Gauge name by path within a group; `scale` turns the platform's unit into ours. */
  readonly gauges: readonly { readonly name: string; readonly path: readonly string[]; readonly scale?: number }[];
  /** Appends the value at this path to the gauge's name. */
  readonly suffix?: readonly string[];
}

/** The API gives CPU and wall time in microseconds; ours are milliseconds. */
const US_TO_MS = 1 / 1000;

function quantiles(gauge: string, field: string): PlatformQuery["gauges"] {
  return ["50", "99"].map((q) => ({ name: `${gauge}.p${q}`, path: ["quantiles", `${field}P${q}`], scale: US_TO_MS }));
}

/**
 * Each question is asked alone: one unknown field fails a whole request. Nodes and fields: Cloudflare docs, "Querying Workers metrics",
 * D1, KV and R2 "Metrics and analytics"; memory quantiles as the API's own schema reports them.
 */
export const PLATFORM_QUERIES: readonly PlatformQuery[] = [
  {
    node: "workersInvocationsAdaptive",
    selection: "sum { requests errors } quantiles { cpuTimeP50 cpuTimeP99 wallTimeP50 wallTimeP99 } dimensions { scriptName }",
    subject: ["dimensions", "scriptName"],
    gauges: [
      { name: "worker.requests", path: ["sum", "requests"] },
      { name: "worker.errors", path: ["sum", "errors"] },
      ...quantiles("worker.cpu", "cpuTime"),
      ...quantiles("worker.wall", "wallTime"),
    ],
  },
  {
    node: "workersInvocationsAdaptive",
    selection: "quantiles { memoryUsageBytesP50 memoryUsageBytesP99 } dimensions { scriptName }",
    subject: ["dimensions", "scriptName"],
    gauges: [
      { name: "worker.memory.p50", path: ["quantiles", "memoryUsageBytesP50"] },
      { name: "worker.memory.p99", path: ["quantiles", "memoryUsageBytesP99"] },
    ],
  },
  {
    node: "d1AnalyticsAdaptiveGroups",
    selection: "sum { readQueries writeQueries rowsRead rowsWritten } dimensions { databaseId }",
    subject: ["dimensions", "databaseId"],
    gauges: ["readQueries", "writeQueries", "rowsRead", "rowsWritten"].map((field) => ({
      name: `d1.${field}`,
      path: ["sum", field],
    })),
  },
  {
    node: "kvOperationsAdaptiveGroups",
    selection: "sum { requests } dimensions { actionType namespaceId }",
    subject: ["dimensions", "namespaceId"],
    gauges: [{ name: "kv", path: ["sum", "requests"] }],
    suffix: ["dimensions", "actionType"],
  },
  {
    node: "r2OperationsAdaptiveGroups",
    selection: "sum { requests } dimensions { actionType bucketName }",
    subject: ["dimensions", "bucketName"],
    gauges: [{ name: "r2", path: ["sum", "requests"] }],
    suffix: ["dimensions", "actionType"],
  },
  {
    node: "queueMessageOperationsAdaptiveGroups",
    selection: "count sum { billableOperations } avg { lagTime retryCount } dimensions { queueId }",
    subject: ["dimensions", "queueId"],
    gauges: [
      { name: "queue.operations", path: ["sum", "billableOperations"] },
      { name: "queue.lagMs", path: ["avg", "lagTime"] },
      { name: "queue.retries", path: ["avg", "retryCount"] },
    ],
  },
];

/** Groups that one answer has at most. */
export const MAX_GROUPS = 1_000;

/** The text of a question. */
export function graphqlOf({ node, selection }: PlatformQuery): string {
  return `query Platform($account: string!, $from: Time!, $to: Time!) {
  viewer { accounts(filter: { accountTag: $account }) {
    groups: ${node}(limit: ${MAX_GROUPS}, filter: { datetime_geq: $from, datetime_lt: $to }) { ${selection} }
  } }
}`;
}

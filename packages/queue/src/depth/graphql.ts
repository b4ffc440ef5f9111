import { propertyOf } from "@monotask/telemetry";
import type { DepthReading, QueueDepth } from "./depth.ts";

export interface GraphqlDepthOptions {
  readonly accountId: string;
  /** Token with Account Analytics Read. */
  readonly token: string;
  /** Queue ids, as `wrangler queues list` prints them, by queue name. */
  readonly queueIds: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
  /** The API's address, for tests. */
  readonly url?: string;
}

const URL_OF_CLOUDFLARE = "https://api.cloudflare.com/client/v4/graphql";
const TIMEOUT_MS = 10_000;
/** Cloudflare's figures are some minutes late: the newest value of the last quarter of an hour is "now". */
const LOOK_BACK_MS = 15 * 60_000;

const QUERY = `query Backlog($account: string!, $from: Time!, $to: Time!, $queues: [string!]) {
  viewer { accounts(filter: { accountTag: $account }) {
    queueBacklogAdaptiveGroups(
      limit: 1000, orderBy: [datetimeMinute_DESC],
      filter: { datetime_geq: $from, datetime_leq: $to, queueId_in: $queues }
    ) { avg { messages bytes } dimensions { queueId datetimeMinute } }
  } }
}`;

/**
 * Depths from Cloudflare's GraphQL API, for queues that no binding leads to. Needs a token and is some minutes late. Never rejects.
 * @param nowMs epoch milliseconds
 */
export async function readGraphqlDepths(options: GraphqlDepthOptions, nowMs: number): Promise<DepthReading> {
  const { accountId, token, queueIds, fetch: doFetch = fetch, url = URL_OF_CLOUDFLARE } = options;
  const failed = (message: string): DepthReading => ({
    depths: [],
    failures: Object.keys(queueIds).map((queue) => ({ queue, message })),
  });
  const variables = {
    account: accountId,
    from: new Date(nowMs - LOOK_BACK_MS).toISOString(),
    to: new Date(nowMs).toISOString(),
    queues: Object.values(queueIds),
  };
  try {
    const response = await doFetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: QUERY, variables }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status === 401 || response.status === 403) {
      return failed(`Cloudflare's GraphQL API refused the token (${response.status}): it needs Account Analytics Read`);
    }
    if (!response.ok) return failed(`Cloudflare's GraphQL API answered ${response.status}`);
    return readingOf(JSON.parse(text) as unknown, queueIds, failed);
  } catch (error) {
    return failed(`Cloudflare's GraphQL API gave no usable answer (${error instanceof Error ? error.name : "unknown failure"})`);
  }
}

function readingOf(
  answer: unknown,
  queueIds: GraphqlDepthOptions["queueIds"],
  failed: (message: string) => DepthReading,
): DepthReading {
  // The API answers 200 for its own failures too.
  const [error] = listAt(answer, "errors");
  if (error !== undefined) return failed(`Cloudflare's GraphQL API failed: ${String(propertyOf(error, "message"))}`);
  const [account] = listAt(propertyOf(propertyOf(answer, "data"), "viewer"), "accounts");
  const groups = listAt(account, "queueBacklogAdaptiveGroups");
  const depths: QueueDepth[] = [];
  const failures: { queue: string; message: string }[] = [];
  for (const [queue, id] of Object.entries(queueIds)) {
    const newest = groups.find((group) => propertyOf(propertyOf(group, "dimensions"), "queueId") === id);
    const count = propertyOf(propertyOf(newest, "avg"), "messages");
    const bytes = propertyOf(propertyOf(newest, "avg"), "bytes");
    if (typeof count === "number" && typeof bytes === "number") depths.push({ queue, count, bytes, source: "graphql" });
    else failures.push({ queue, message: `Cloudflare has no backlog for queue id ${id} in the last 15 minutes` });
  }
  return { depths, failures };
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = propertyOf(value, name);
  return Array.isArray(list) ? list : [];
}

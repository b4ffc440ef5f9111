import { propertyOf } from "@monotask/telemetry";
import { graphqlOf, MAX_GROUPS, PLATFORM_QUERIES, type PlatformQuery } from "./queries.ts";

export interface PlatformOptions {
  readonly accountId: string | undefined;
  /** Token with Account Analytics Read. */
  readonly token: string | undefined;
  readonly fetch?: typeof fetch;
  /** The API's address, for tests. */
  readonly url?: string;
}

export interface PlatformGauge {
  readonly name: string;
  /** The worker, database, namespace, bucket or queue. */
  readonly subject: string;
  readonly value: number;
}

/** What the platform measured, and what it would not say; the rest is there all the same. */
export interface PlatformReading {
  readonly gauges: readonly PlatformGauge[];
  readonly failures: readonly string[];
  /** Undefined where the platform did not say; a worker that is not named was not invoked. */
  readonly invocations?: PlatformInvocations;
}

/** Requests of every worker over a stretch of time. */
export interface PlatformInvocations {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: Readonly<Record<string, number>>;
}

const URL_OF_CLOUDFLARE = "https://api.cloudflare.com/client/v4/graphql";
const TIMEOUT_MS = 10_000;
/** The platform's figures are some minutes late: the five minutes before the last five are whole. */
const WINDOW_MS = 5 * 60_000;
const REQUESTS = "worker.requests";

/**
 * Invocations, CPU, wall time and memory of every worker, and operations of D1, KV, R2 and queues, over the last whole five minutes
 * that Cloudflare knows. Never rejects.
 * @param nowMs epoch milliseconds
 */
export async function readPlatform(options: PlatformOptions, nowMs: number): Promise<PlatformReading> {
  const { accountId, token } = options;
  const missing = [
    ...(accountId === undefined ? ["CLOUDFLARE_ACCOUNT_ID is not set: the platform's own figures are not read"] : []),
    ...(token === undefined
      ? [
          "ANALYTICS_API_TOKEN is not set: memory, CPU and storage operations of the platform need a token with Account Analytics Read",
        ]
      : []),
  ];
  if (accountId === undefined || token === undefined) return { gauges: [], failures: missing };
  const to = Math.floor(nowMs / WINDOW_MS) * WINDOW_MS - WINDOW_MS;
  const variables = {
    account: accountId,
    from: new Date(to - WINDOW_MS).toISOString(),
    to: new Date(to).toISOString(),
  };
  const readings = await Promise.all(PLATFORM_QUERIES.map((query) => readOne(query, variables, token, options)));
  // The first question is the one about invocations.
  const [asked] = readings;
  const requests = asked?.gauges.filter(({ name }) => name === REQUESTS).map(({ subject, value }) => [subject, value] as const);
  const isKnown = asked?.failures.length === 0 && requests !== undefined;
  return {
    ...(isKnown && { invocations: { fromMs: to - WINDOW_MS, toMs: to, requests: Object.fromEntries(requests) } }),
    gauges: readings.flatMap(({ gauges }) => gauges),
    // One refused token is one sentence, not six.
    failures: [...new Set(readings.flatMap(({ failures }) => failures))],
  };
}

async function readOne(
  query: PlatformQuery,
  variables: Readonly<Record<string, string>>,
  token: string,
  { fetch: doFetch = fetch, url = URL_OF_CLOUDFLARE }: PlatformOptions,
): Promise<PlatformReading> {
  const failed = (message: string): PlatformReading => ({ gauges: [], failures: [message] });
  const abort = new AbortController();
  // Ended with the answer: a timer of `AbortSignal.timeout` would keep the invocation alive.
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await doFetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: graphqlOf(query), variables }),
      signal: abort.signal,
    });
    const text = await response.text();
    if (response.status === 401 || response.status === 403) {
      return failed(`Cloudflare's GraphQL API refused the token (${response.status}): it needs Account Analytics Read`);
    }
    if (!response.ok) return failed(`Cloudflare's GraphQL API answered ${response.status} to ${query.node}`);
    const answer: unknown = JSON.parse(text);
    // The API answers 200 for its own failures too.
    const [error] = listAt(answer, "errors");
    if (error !== undefined) return failed(`${query.node}: ${String(propertyOf(error, "message")).slice(0, 200)}`);
    const [account] = listAt(propertyOf(propertyOf(answer, "data"), "viewer"), "accounts");
    const groups: unknown = propertyOf(account, "groups");
    // Not taken for nothing: where nothing is invoked, silent workers count as idle.
    if (!Array.isArray(groups)) return failed(`${query.node}: the answer tells of no account; check CLOUDFLARE_ACCOUNT_ID`);
    return {
      gauges: groups.flatMap((group: unknown) => gaugesOf(query, group)),
      failures: groups.length < MAX_GROUPS ? [] : [`${query.node}: only the first ${MAX_GROUPS} groups are read`],
    };
  } catch (error) {
    return failed(`${query.node}: no usable answer (${error instanceof Error ? error.name : "unknown failure"})`);
  } finally {
    clearTimeout(timer);
  }
}

function gaugesOf({ gauges, subject, suffix }: PlatformQuery, group: unknown): PlatformGauge[] {
  const about = at(group, subject);
  // Without a name it is nobody's figure.
  if (typeof about !== "string") return [];
  const ending = suffix === undefined ? "" : `.${String(at(group, suffix))}`;
  return gauges.flatMap(({ name, path, scale = 1 }) => {
    const value = at(group, path);
    return typeof value === "number" ? [{ name: `${name}${ending}`, subject: about, value: value * scale }] : [];
  });
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce(propertyOf, value);
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = propertyOf(value, name);
  return Array.isArray(list) ? list : [];
}

import * as v from "valibot";
import { callUpstream, type UpstreamAnswer } from "./upstream.ts";

export interface Repository {
  readonly fullName: string;
  readonly description: string | null;
  readonly defaultBranch: string;
  readonly stars: number;
  readonly openIssues: number;
}

/**
 * A repository, from the cache or from GitHub. A cache that fails costs one call to GitHub and nothing else.
 * @param fullName `owner/name`, validated
 */
export async function findRepository(
  env: Env,
  doFetch: typeof fetch,
  fullName: string,
): Promise<UpstreamAnswer<Repository> & { readonly isCached: boolean }> {
  const key = `repo:${fullName.toLowerCase()}`;
  const cached = await readCache(env.CACHE, key);
  if (cached !== undefined) return { ok: true, value: cached, isCached: true };

  const answer = await callUpstream(doFetch, {
    upstream: "GitHub",
    url: `${env.GITHUB_API_URL}/repos/${fullName}`,
    init: { headers: headers(env.GITHUB_TOKEN) },
    timeoutMs: TIMEOUT_MS,
    read: repositoryOf,
  });
  if (answer.ok) await writeCache(env.CACHE, key, answer.value);
  return { ...answer, isCached: false };
}

const TIMEOUT_MS = 5_000;
/** Stars may be five minutes old. KV's shortest is 60 s. */
const CACHE_TTL_S = 300;

const githubRepository = v.object({
  full_name: v.string(),
  description: v.nullable(v.string()),
  default_branch: v.string(),
  stargazers_count: v.number(),
  open_issues_count: v.number(),
});

const cachedRepository = v.object({
  fullName: v.string(),
  description: v.nullable(v.string()),
  defaultBranch: v.string(),
  stars: v.number(),
  openIssues: v.number(),
});

function repositoryOf(json: unknown): Repository | undefined {
  const result = v.safeParse(githubRepository, json);
  if (!result.success) return undefined;
  const found = result.output;
  return {
    fullName: found.full_name,
    description: found.description,
    defaultBranch: found.default_branch,
    stars: found.stargazers_count,
    openIssues: found.open_issues_count,
  };
}

/** GitHub refuses calls without a user agent. */
function headers(token: string | undefined): Record<string, string> {
  const common = { accept: "application/vnd.github+json", "user-agent": "monotask-demo", "x-github-api-version": "2022-11-28" };
  return token === undefined ? common : { ...common, authorization: `Bearer ${token}` };
}

async function readCache(cache: KVNamespace, key: string): Promise<Repository | undefined> {
  try {
    const result = v.safeParse(cachedRepository, await cache.get(key, "json"));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

async function writeCache(cache: KVNamespace, key: string, repository: Repository): Promise<void> {
  try {
    await cache.put(key, JSON.stringify(repository), { expirationTtl: CACHE_TTL_S });
  } catch {
    // KV takes one write a second per key: the next reader fills the cache.
  }
}

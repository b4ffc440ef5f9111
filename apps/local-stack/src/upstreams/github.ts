import { createHash } from "node:crypto";
import type { Answer } from "./answer.ts";

/** Repositories of this owner do not exist. */
export const UNKNOWN_OWNER = "nobody";

/**
 * GitHub's answer about a repository. The figures follow from the name alone, so that two runs agree.
 * @param path below the API's root: `/repos/owner/name`
 * @param nowMs epoch milliseconds
 */
export function githubAnswer(method: string, path: string, nowMs: number): Answer {
  const [, owner, name] = /^\/repos\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (method !== "GET" || owner === undefined || name === undefined || owner === UNKNOWN_OWNER) {
    return { status: 404, body: { message: "Not Found", documentation_url: DOCS, status: "404" } };
  }
  return {
    status: 200,
    body: repository(owner, name, nowMs),
    headers: { "content-type": "application/json; charset=utf-8", ...limits(4_999, nowMs) },
  };
}

/** GitHub's answer to a caller that asked too often. */
export function githubLimited(nowMs: number, retryAfterS: number): Answer {
  return {
    status: 429,
    body: { message: "API rate limit exceeded.", documentation_url: DOCS },
    headers: { "retry-after": String(retryAfterS), ...limits(0, nowMs) },
  };
}

const DOCS = "https://docs.github.com/rest";
const HOUR_S = 3_600;

function limits(remaining: number, nowMs: number): Record<string, string> {
  const reset = (Math.floor(nowMs / 1000 / HOUR_S) + 1) * HOUR_S;
  return { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": String(remaining), "x-ratelimit-reset": String(reset) };
}

function repository(owner: string, name: string, nowMs: number): Record<string, unknown> {
  const digest = createHash("sha256").update(`${owner}/${name}`).digest();
  return {
    id: digest.readUInt32BE(0),
    name,
    full_name: `${owner}/${name}`,
    private: false,
    owner: { login: owner, type: "Organization" },
    description: `The ${name} project of ${owner}`,
    fork: false,
    default_branch: "main",
    stargazers_count: digest.readUInt16BE(4),
    open_issues_count: digest.readUInt8(6),
    language: "TypeScript",
    pushed_at: new Date(nowMs - digest.readUInt16BE(8) * 1000).toISOString(),
  };
}

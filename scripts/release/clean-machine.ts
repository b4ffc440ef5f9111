import { join } from "node:path";

/** wrangler tells nobody, and asks nobody for a `Request.cf`. */
export const OFFLINE = { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_HIDE_BANNER: "true" };

/** The environment of a machine that has never installed anything; else npx would take an earlier build of the same version. */
export function neverInstalled(dir: string): Readonly<Record<string, string>> {
  return { npm_config_cache: join(dir, "npm-cache") };
}

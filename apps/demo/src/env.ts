declare global {
  /** What `wrangler types` cannot know: secrets that may be unset, and vars that only the local stack sets. */
  interface __BaseEnv_Env {
    readonly GITHUB_TOKEN?: string;
    readonly CLAUDE_API_KEY?: string;
    /** JSON `{realMs, virtualMs, rate}`; absent in production. */
    readonly MONOTASK_CLOCK?: string;
    /** Where the stand-ins for GitHub and Claude listen; absent in production. */
    readonly UPSTREAM_ADMIN_URL?: string;
    /** Seed of the sampling decisions; absent in production. */
    readonly SAMPLING_SEED?: string;
  }
}

export {};

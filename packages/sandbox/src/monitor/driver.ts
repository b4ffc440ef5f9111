/**
 * How the sandboxes of a pool are started and ended: what an SDK offers, in three functions. Fits `@cloudflare/sandbox` 0.x
 * (`getSandbox(ns, id)` and `destroy()`), a Durable Object with `ctx.container`, and isolates of a Worker Loader.
 */
export interface SandboxDriver<S> {
  /** Starts a sandbox under this id and gives what commands are sent to. */
  provision(id: string, signal: AbortSignal): Promise<S>;
  /** Ends a sandbox by its id alone: whoever finds it stuck has no handle. One that does not run is no failure. */
  destroy(id: string): Promise<unknown>;
  /** Ids that the platform runs now. Without it orphans and ghosts cannot be told. */
  list?(): Promise<readonly string[]>;
}

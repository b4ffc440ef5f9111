import type { AlertEnvironment } from "../environment.ts";
import type { ChannelDeps } from "./channel.ts";

/** Real time after which a peer counts as silent. */
const TIMEOUT_MS = 10_000;

/** The channels' outside world in a worker: its `fetch`, its log, its bindings. */
export function workerDeps(environment: AlertEnvironment): ChannelDeps {
  return {
    settings: environment.channels,
    // Looked up at each call, and called as a plain function: a detached `fetch` is an illegal invocation.
    fetch: (url, init) => fetch(url, init),
    write: (line, level) => console[level === "info" ? "log" : level](line),
    timeoutMs: TIMEOUT_MS,
    ...(environment.email && { email: environment.email }),
  };
}

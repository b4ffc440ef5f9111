import { targetRefusal } from "../channels/post.ts";
import type { Backlog } from "../model/record.ts";

/** How a tick went, as far as a heartbeat vouches for it. */
export interface TickReport {
  /** Steps that failed. */
  failed: readonly string[];
  /** Why the newest minute is not measured, persisted and told; undefined when it is. */
  unfinished?: string;
  /** What AlertManager still has to deliver; undefined where it could not be asked. */
  backlog: Backlog | undefined;
  nowMs: number;
}

/** A delivery that waits longer than this means that people are not told. */
const MAX_BACKLOG_MS = 5 * 60_000;
const TIMEOUT_MS = 5_000;

/** Why the heartbeat has to stay away, or undefined when all is well: somebody outside notices its absence. */
export function heartbeatBlocker({ failed, unfinished, backlog, nowMs }: TickReport): string | undefined {
  if (failed.length > 0) return `the tick's steps failed: ${failed.join(", ")}`;
  if (unfinished !== undefined) return unfinished;
  if (backlog === undefined) return "AlertManager could not be reached";
  const waitsMs = backlog.oldestDecidedAtMs === undefined ? 0 : nowMs - backlog.oldestDecidedAtMs;
  return waitsMs >= MAX_BACKLOG_MS ? `a delivery has been waiting for ${Math.round(waitsMs / 60_000)} min` : undefined;
}

/** Tells the outside that the monitor is alive. Never rejects; gives what went wrong, without the address, which is a secret. */
export async function sendHeartbeat(
  url: string,
  fetchUrl: (url: string, init: RequestInit) => Promise<Response>,
  allowLoopback: boolean,
): Promise<string | undefined> {
  const refusal = targetRefusal(url, allowLoopback);
  if (refusal !== undefined) return `${refusal}; check HEARTBEAT_URL`;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetchUrl(url, { method: "POST", redirect: "manual", signal: abort.signal });
    await response.body?.cancel();
    return response.ok ? undefined : `the heartbeat's receiver answered ${response.status}`;
  } catch {
    return "the heartbeat's receiver could not be reached";
  } finally {
    clearTimeout(timer);
  }
}

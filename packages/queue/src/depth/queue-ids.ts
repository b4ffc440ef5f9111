/** The ids of queues by their names, as the var `QUEUE_IDS` holds them, or what is wrong with it. */
export type QueueIds =
  | { readonly kind: "none" }
  | { readonly kind: "ids"; readonly ids: Readonly<Record<string, string>> }
  | { readonly kind: "wrong"; readonly message: string };

/** Cloudflare's ids of queues: 32 hex digits. */
const QUEUE_ID = /^[0-9a-f]{32}$/i;
const EXAMPLE = `QUEUE_IDS='{"agent-jobs":"0123456789abcdef0123456789abcdef"}'; wrangler queues list prints the ids`;

/** Reads the var `QUEUE_IDS`: a JSON object of queue ids by queue name. An absent or empty one is none. */
export function readQueueIds(text: unknown): QueueIds {
  if (text === undefined || text === "") return { kind: "none" };
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "wrong", message: `QUEUE_IDS is no JSON object of queue ids by queue name; write ${EXAMPLE}` };
  }
  const ids: Record<string, string> = {};
  for (const [queue, id] of Object.entries(value)) {
    if (typeof id !== "string" || !QUEUE_ID.test(id)) {
      return { kind: "wrong", message: `QUEUE_IDS: the id of ${queue} is not 32 hex digits; write ${EXAMPLE}` };
    }
    ids[queue] = id;
  }
  return { kind: "ids", ids };
}

/** A var may hold JSON as text, or wrangler has parsed it already. */
function parsed(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

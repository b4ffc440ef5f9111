import type { ChannelDeps } from "./channel.ts";

/** What came back from a peer; reasons never hold the URL, which may be a secret. */
export type PostAnswer =
  | { kind: "answer"; status: number; body: string; retryAfterMs?: number }
  | { kind: "silent"; reason: string }
  | { kind: "refused"; reason: string };

/** Bytes of an answer that are read: success and error words are short, and a page of HTML says nothing. */
const MAX_ANSWER_BYTES = 4_096;

/**
 * Posts JSON to a peer. Never rejects. Redirects are not followed: a secret is sent nowhere but where it was configured to go.
 *
 * @returns the answer's status and first bytes, `silent` after a timeout or broken connection, `refused` for a target that may
 *   not be called (not https, and not a loopback address that is allowed)
 */
export async function postJson(url: string, body: unknown, deps: ChannelDeps): Promise<PostAnswer> {
  return postText(url, JSON.stringify(body), deps);
}

/** Posts JSON text with further headers, such as a signature of the text. */
export async function postText(
  url: string,
  text: string,
  deps: ChannelDeps,
  headers: Readonly<Record<string, string>> = {},
): Promise<PostAnswer> {
  const refusal = targetRefusal(url, deps.settings.allowLoopback);
  if (refusal !== undefined) return { kind: "refused", reason: refusal };
  const abort = new AbortController();
  // Cleared below: a running timer keeps an invocation alive.
  const timer = setTimeout(() => abort.abort(), deps.timeoutMs);
  try {
    const response = await deps.fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json; charset=utf-8" },
      body: text,
      redirect: "manual",
      signal: abort.signal,
    });
    const retryAfterMs = retryAfterOf(response);
    const said = await firstBytes(response);
    return { kind: "answer", status: response.status, body: said, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  } catch {
    return { kind: "silent", reason: abort.signal.aborted ? `no answer within ${deps.timeoutMs / 1000} s` : "connection failed" };
  } finally {
    clearTimeout(timer);
  }
}

/** Why a target may not be called, or undefined if it may. */
export function targetRefusal(url: string, allowLoopback: boolean): string | undefined {
  if (!URL.canParse(url)) return "the configured address is not a URL";
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:") return undefined;
  if (protocol !== "http:") return "the configured address is not an https: URL";
  if (!isLoopback(hostname)) return "the configured address is http:, only https: is allowed";
  return allowLoopback ? undefined : 'http: to this machine needs ALLOW_LOOPBACK_CHANNELS = "true"';
}

/** True for an address on this machine, over http, where that is allowed. */
export function isAllowedLoopback(url: string, allowLoopback: boolean): boolean {
  return allowLoopback && URL.canParse(url) && new URL(url).protocol === "http:" && isLoopback(new URL(url).hostname);
}

/** Whether the status says that trying again may help. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

/** `Retry-After` in ms, from seconds (RFC 9110, 10.2.3); a date is left to our own backoff, for its clock is not ours. */
function retryAfterOf(response: Response): number | undefined {
  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Reads the start of the body and lets go of the rest: an unread body holds one of six connections. */
async function firstBytes(response: Response): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let read = 0;
  for (;;) {
    const chunk: ReadableStreamReadResult<unknown> = await reader.read();
    if (chunk.done || !(chunk.value instanceof Uint8Array)) return text + decoder.decode();
    text += decoder.decode(chunk.value, { stream: true });
    read += chunk.value.length;
    if (read >= MAX_ANSWER_BYTES) {
      await reader.cancel();
      return text.slice(0, MAX_ANSWER_BYTES);
    }
  }
}

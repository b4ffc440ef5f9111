import { Problem } from "./problem.ts";

/** Why an upstream gave no usable answer. */
export type UpstreamFailure =
  | { readonly kind: "timeout"; readonly timeoutMs: number }
  | { readonly kind: "unreachable"; readonly detail: string }
  | { readonly kind: "rate-limited"; readonly retryAfterS: number }
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "broken"; readonly status: number }
  | { readonly kind: "unreadable" };

export type UpstreamAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly upstream: string; readonly failure: UpstreamFailure };

export interface UpstreamCall<T> {
  /** Shown in messages: `GitHub`. */
  readonly upstream: string;
  readonly url: string;
  readonly init: RequestInit;
  readonly timeoutMs: number;
  /** The typed answer, or undefined when the JSON is not what the API documents. */
  readonly read: (json: unknown) => T | undefined;
}

/** One call to another company's API. Never throws: a failure is data. The body is always read or cancelled, since an open one holds a connection. */
export async function callUpstream<T>(doFetch: typeof fetch, call: UpstreamCall<T>): Promise<UpstreamAnswer<T>> {
  const failed = (failure: UpstreamFailure): UpstreamAnswer<T> => ({ ok: false, upstream: call.upstream, failure });
  try {
    const response = await doFetch(call.url, { ...call.init, signal: AbortSignal.timeout(call.timeoutMs) });
    if (!response.ok) {
      await response.body?.cancel();
      return failed(failureOf(response));
    }
    const value = call.read(await response.json());
    return value === undefined ? failed({ kind: "unreadable" }) : { ok: true, value };
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") return failed({ kind: "timeout", timeoutMs: call.timeoutMs });
    if (error instanceof SyntaxError) return failed({ kind: "unreadable" });
    return failed({ kind: "unreachable", detail: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether the same call may succeed later without anybody changing it. */
export function isPassing(failure: UpstreamFailure): boolean {
  return failure.kind !== "refused" && failure.kind !== "unreadable";
}

/** What our own caller hears about it: 504 for a timeout, 503 with Retry-After when limited, else 502. */
export function upstreamProblem(upstream: string, failure: UpstreamFailure): Problem {
  const message = `${upstream} ${sentence(failure)}`;
  switch (failure.kind) {
    case "timeout":
      return new Problem({ status: 504, code: "upstream_timeout", message });
    case "rate-limited":
      return new Problem({ status: 503, code: "upstream_rate_limited", message, retryAfterS: failure.retryAfterS });
    case "unreachable":
      return new Problem({
        status: 502,
        code: "upstream_unreachable",
        message: `${upstream} could not be reached.`,
        cause: failure.detail,
      });
    default:
      return new Problem({ status: 502, code: "upstream_failed", message });
  }
}

export function sentence(failure: UpstreamFailure): string {
  switch (failure.kind) {
    case "timeout":
      return `did not answer within ${failure.timeoutMs} ms.`;
    case "rate-limited":
      return `limits our requests; try again in ${failure.retryAfterS} s.`;
    case "unreachable":
      return `could not be reached: ${failure.detail}`;
    case "refused":
    case "broken":
      return `answered ${failure.status}.`;
    case "unreadable":
      return "answered something that its documentation does not describe.";
  }
}

/** Seconds to wait when a 429 names none. */
const DEFAULT_RETRY_AFTER_S = 30;

function failureOf(response: Response): UpstreamFailure {
  if (response.status === 429) return { kind: "rate-limited", retryAfterS: retryAfterS(response) };
  return { kind: response.status >= 500 ? "broken" : "refused", status: response.status };
}

function retryAfterS(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : DEFAULT_RETRY_AFTER_S;
}

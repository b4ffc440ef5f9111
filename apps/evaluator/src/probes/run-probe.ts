import type { Probe } from "@monotask/slo";
import type { PointFields } from "@monotask/telemetry";

/** How much of an answer is searched for the expected text. */
const MOST_BYTES = 64 * 1_024;

export interface ProbeDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Real monotonic milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Makes one request and says how it went, as the point to write. A wrong status, a missing text, no answer in time and no answer at all are
 * failures; the probe itself never throws.
 * @param url the probe's address with its variable filled in
 */
export async function runProbe(probe: Probe, url: string, deps: ProbeDeps): Promise<PointFields<"probe">> {
  const startedMs = deps.nowMs();
  const point = (statusCode: string, isOk: boolean): PointFields<"probe"> => ({
    name: probe.name,
    outcome: isOk ? "ok" : "failed",
    workerName: probe.worker,
    environment: probe.environment,
    method: probe.method,
    statusCode,
    durationMs: deps.nowMs() - startedMs,
    sampleWeight: 1,
  });
  try {
    const signal = AbortSignal.timeout(probe.timeoutMs);
    const response = await deps.fetch(url, {
      method: probe.method,
      redirect: "manual",
      signal,
      headers: { "user-agent": "monotask-probe" },
    });
    const isRight = probe.statuses.some(({ from, to }) => response.status >= from && response.status <= to);
    const hasText = probe.body === undefined || (await beginOf(response)).includes(probe.body);
    if (probe.body === undefined) await response.body?.cancel();
    return point(String(response.status), isRight && hasText);
  } catch {
    return point("", false);
  }
}

async function beginOf(response: Response): Promise<string> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let read = 0; read < MOST_BYTES;) {
    const { done, value } = await reader.read();
    if (done) break;
    read += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

/** The address of a probe: `${NAME}` at its beginning is a variable; undefined where that is not set. */
export function probeUrl(probe: Probe, env: object): string | undefined {
  const match = /^\$\{([A-Z][A-Z0-9_]*)\}(.*)$/.exec(probe.url);
  if (match === null) return probe.url;
  const [, name = "", rest = ""] = match;
  const base: unknown = Reflect.get(env, name);
  return typeof base === "string" && URL.canParse(base) ? `${base.replace(/\/$/, "")}${rest}` : undefined;
}

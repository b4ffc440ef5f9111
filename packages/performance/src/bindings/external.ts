import { propertyOf } from "@monotask/telemetry";
import type { Frame } from "../scope/frame.ts";
import { statusOf } from "../request/status.ts";
import { sharedIdOf } from "../scope/identity.ts";
import type { CallWatcher } from "./watch.ts";

/**
 * Measures one call to another service: its time lands in the invocation's own point, and the call becomes an `external` point by
 * the rules that requests are sampled by: failures are kept, of the rest one in n.
 * @param hostOf asked only where a point is written
 */
export function measureExternal({ scope, mutes }: Frame, method: string, hostOf: () => string): CallWatcher {
  const meter = mutes === "external" ? undefined : scope.usage.external;
  const { nowMs } = scope.host;
  const startedMs = meter?.begin() ?? nowMs();

  function end(statusCode: number, outcome: "ok" | "error" | "timeout"): void {
    const durationMs = meter ? meter.end(startedMs, outcome !== "ok") : nowMs() - startedMs;
    const decision = scope.host.callSampler.decide({ statusCode, durationMs, hasThrown: statusCode === 0 });
    if (!decision) return;
    scope.writer.write("external", {
      requestId: sharedIdOf(scope),
      endpoint: scope.endpoint ?? "",
      method,
      host: hostOf(),
      outcome,
      statusCode: statusCode === 0 ? "" : String(statusCode),
      durationMs,
      sampleWeight: decision.weight,
    });
  }

  return {
    returned(response) {
      const statusCode = statusOf(response);
      end(statusCode, statusCode >= 400 ? "error" : "ok");
    },
    threw(error) {
      end(0, propertyOf(error, "name") === "TimeoutError" ? "timeout" : "error");
    },
  };
}

/** `host` of what `fetch` is called with: a text, a URL or a Request. */
export function hostOf(input: unknown): string {
  const url = typeof input === "string" ? input : input instanceof URL ? input.href : propertyOf(input, "url");
  try {
    return new URL(String(url)).host;
  } catch {
    return "(unknown)";
  }
}

/** The method of a call: what `init` says, else what a Request says. */
export function methodOf(input: unknown, init: unknown): string {
  const method = propertyOf(init, "method") ?? (typeof input === "string" ? undefined : propertyOf(input, "method"));
  return typeof method === "string" ? method : "GET";
}

import { Problem } from "../problem.ts";
import type { Switches } from "./switches.ts";

/**
 * Tells the stand-ins for GitHub and Claude how to behave.
 * @param adminUrl where the stand-ins listen, such as `http://127.0.0.1:8792`
 * @throws Problem 502 when they cannot be told
 */
export async function tellUpstreams(adminUrl: string | undefined, switches: Switches): Promise<void> {
  if (adminUrl === undefined) {
    throw new Problem({
      status: 502,
      code: "no_upstreams",
      message: "UPSTREAM_ADMIN_URL is not set, so the upstream switches reach nobody. Set it to the stand-ins' address.",
    });
  }
  const url = new URL("/__faults", adminUrl);
  const body = JSON.stringify({
    down: switches.upstreamDown,
    slowMs: switches.upstreamSlowMs,
    rateLimited: switches.upstream429,
  });
  const answer = await fetch(url, { method: "POST", body }).catch((error: unknown) => String(error));
  if (typeof answer !== "string") await answer.body?.cancel();
  if (typeof answer === "string" || !answer.ok) {
    const why = typeof answer === "string" ? answer : `it answered ${answer.status}`;
    throw new Problem({
      status: 502,
      code: "no_upstreams",
      message: `The stand-ins at ${url.href} could not be told: ${why}. Are they running?`,
    });
  }
}

export function touchesUpstreams(changes: Partial<Switches>): boolean {
  return "upstreamDown" in changes || "upstreamSlowMs" in changes || "upstream429" in changes;
}

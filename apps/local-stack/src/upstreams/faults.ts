/** How the stand-ins misbehave. */
export interface UpstreamFaults {
  /** Every connection is reset before an answer. */
  readonly down: boolean;
  /** Added to every answer, in milliseconds of real time. */
  readonly slowMs: number;
  /** Every call is answered 429 with Retry-After. */
  readonly rateLimited: boolean;
}

export const NO_UPSTREAM_FAULTS: UpstreamFaults = { down: false, slowMs: 0, rateLimited: false };

export type FaultChange =
  { readonly ok: true; readonly faults: UpstreamFaults } | { readonly ok: false; readonly message: string };

/** `current` with the switches of a JSON body changed, or one sentence that names what is wrong with the body. */
export function changeFaults(current: UpstreamFaults, body: unknown): FaultChange {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { ok: false, message: "Send a JSON object of switches." };
  let faults = current;
  for (const [name, value] of Object.entries(body)) {
    if (name === "down" && typeof value === "boolean") faults = { ...faults, down: value };
    else if (name === "rateLimited" && typeof value === "boolean") faults = { ...faults, rateLimited: value };
    else if (name === "slowMs" && typeof value === "number" && value >= 0 && value <= MAX_SLOW_MS)
      faults = { ...faults, slowMs: value };
    else return { ok: false, message: `"${name}": ${JSON.stringify(value)} is not a switch. ${KNOWN}` };
  }
  return { ok: true, faults };
}

const MAX_SLOW_MS = 60_000;
const KNOWN = `Known: down (true or false), slowMs (0 to ${MAX_SLOW_MS}), rateLimited (true or false).`;

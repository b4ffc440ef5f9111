import type { AlertManagerApi } from "../client/env.ts";
import { isHmacHex } from "../signature/hmac.ts";

/** What the hook works with. */
export interface PagerDutyHookDeps {
  /** The secret that PagerDuty shows once when the webhook subscription is made; without it everything is refused. */
  secret: string | undefined;
  alerts: Pick<AlertManagerApi, "acknowledge" | "unacknowledge"> | undefined;
}

/** An incident's event is a few kilobytes; what is larger is not read. */
const MAX_BODY_BYTES = 256_000;

/**
 * Answers a PagerDuty V3 webhook: an incident acknowledged there is acknowledged here. Only the signature lets a call in
 * (PagerDuty developer docs, webhooks, verifying signatures); a forged or unsigned one changes nothing.
 *
 * An incident that somebody resolves by hand while its alerts still fire counts as acknowledged: it is theirs. What our own events
 * did to it comes back too, in the name of the service or integration; that is nobody's word, and by then another alert may fire.
 */
export async function handlePagerDutyHook(request: Request, { secret, alerts }: PagerDutyHookDeps): Promise<Response> {
  if (request.method !== "POST") return refuse(405, "PagerDuty posts here");
  if (secret === undefined) return refuse(403, "set PAGERDUTY_WEBHOOK_SECRET to let PagerDuty in");
  const signatures = signaturesOf(request);
  if (signatures.length === 0) return refuse(401, "the call is not signed: X-PagerDuty-Signature is missing");
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return refuse(413, "the event is too large");
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES) return refuse(413, "the event is too large");
  const verdicts = await Promise.all(signatures.map((hex) => isHmacHex(secret, text, hex)));
  if (!verdicts.includes(true)) return refuse(403, "the signature is not made with PAGERDUTY_WEBHOOK_SECRET");
  if (alerts === undefined) return refuse(503, "no ALERT_MANAGER is bound");
  const event = parseEvent(text);
  if (event === undefined) return refuse(400, "this is no PagerDuty V3 webhook event");
  await apply(event, alerts);
  return Response.json({ ok: true });
}

/** What the hook reads of an event. */
interface IncidentEvent {
  id: string;
  type: string;
  occurredAtMs: number;
  by: string;
  /** False for what a service or integration did: our own events, or PagerDuty by itself. */
  isByPerson: boolean;
  /** Our dedup key: the group's key. Absent for events that are about no incident of ours. */
  groupKey?: string;
}

async function apply(event: IncidentEvent, alerts: Pick<AlertManagerApi, "acknowledge" | "unacknowledge">): Promise<void> {
  if (event.groupKey === undefined) return;
  const word = { from: "pagerduty" as const, id: `pagerduty:${event.id}`, atMs: event.occurredAtMs };
  switch (event.type) {
    case "incident.acknowledged":
    case "incident.resolved":
      if (!event.isByPerson) return;
      await alerts.acknowledge(event.groupKey, event.by, word);
      return;
    case "incident.unacknowledged":
    case "incident.reopened":
      await alerts.unacknowledge(event.groupKey, event.by, word);
      return;
  }
}

/** Several secrets may be in use while one is exchanged; one right signature is enough. */
function signaturesOf(request: Request): string[] {
  const header = request.headers.get("x-pagerduty-signature") ?? "";
  return header.split(",").flatMap((part) => /^\s*v1=([0-9a-fA-F]+)\s*$/.exec(part)?.[1] ?? []);
}

function parseEvent(text: string): IncidentEvent | undefined {
  const event = fieldsOf(fieldsOf(parseJson(text))["event"]);
  const { id, event_type: type, occurred_at: occurredAt, agent, data } = event;
  if (typeof id !== "string" || typeof type !== "string") return undefined;
  const key = fieldsOf(data)["incident_key"];
  const { summary, type: agentType } = fieldsOf(agent);
  const occurredAtMs = Date.parse(typeof occurredAt === "string" ? occurredAt : "");
  return {
    id,
    type,
    // A moment that cannot be read counts as long ago: it acknowledges nothing that began since.
    occurredAtMs: Number.isFinite(occurredAtMs) ? occurredAtMs : 0,
    by: typeof summary === "string" && summary.trim() !== "" ? summary.trim().slice(0, 100) : "somebody",
    isByPerson: !(typeof agentType === "string" && /(?:service|integration)(?:_reference)?$/.test(agentType)),
    ...(typeof key === "string" && key !== "" && { groupKey: key }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

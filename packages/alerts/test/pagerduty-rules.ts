/** Facts about Events API v2, from PagerDuty/developer-docs (events-API-v2) and PagerDuty/api-schema (reference/events-v2). */
const LIMITS = { routingKey: 32, dedupKey: 255, summary: 1_024, bodyBytes: 512_000 };
const SEVERITIES = ["critical", "error", "warning", "info"];

/** What PagerDuty would refuse an event for, nothing for one that it takes. */
export function pagerDutyFaults(event: unknown): string[] {
  const { routing_key: key, event_action: action, dedup_key: dedupKey, payload, links = [], images = [] } = fieldsOf(event);
  const faults: string[] = [];
  const check = (isFine: boolean, fault: string): void => void (isFine || faults.push(fault));
  check(typeof key === "string" && key.length === LIMITS.routingKey, "routing_key");
  check(action === "trigger" || action === "acknowledge" || action === "resolve", "event_action");
  check(
    dedupKey === undefined ? action === "trigger" : typeof dedupKey === "string" && dedupKey.length <= LIMITS.dedupKey,
    "dedup_key",
  );
  if (action === "trigger") {
    const { summary, source, severity } = fieldsOf(payload);
    check(typeof summary === "string" && summary.length > 0 && summary.length <= LIMITS.summary, "payload.summary");
    check(typeof source === "string" && source.length > 0, "payload.source");
    check(SEVERITIES.includes(String(severity)), "payload.severity");
  }
  for (const link of Array.isArray(links) ? links : [links])
    check(typeof fieldsOf(link)["href"] === "string", "link without href");
  for (const image of Array.isArray(images) ? images : [images])
    check(String(fieldsOf(image)["src"]).startsWith("https://"), "image src is not https");
  check(new TextEncoder().encode(JSON.stringify(event)).length <= LIMITS.bodyBytes, "body");
  return faults;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

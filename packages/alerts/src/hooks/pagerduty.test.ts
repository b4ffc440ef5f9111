import { describe, expect, it } from "vitest";
import { handlePagerDutyHook, type AcknowledgeOptions } from "../index.ts";
import { hmacHex } from "../signature/hmac.ts";

const SECRET = "whsec-canary";
const KEY = "environment=production,worker=api,symptom=errors";

interface Heard {
  what: string;
  target: string;
  by: string;
  options: AcknowledgeOptions | undefined;
}

function event(type: string, fields: object = {}): string {
  const agent = { id: "P1", type: "user_reference", summary: "Kim Example" };
  return JSON.stringify({
    event: {
      id: "01E",
      event_type: type,
      occurred_at: "2026-11-24T03:15:00Z",
      agent,
      data: { id: "Q1", incident_key: KEY },
      ...fields,
    },
  });
}

async function post(
  body: string,
  headers: Record<string, string>,
  secret: string | undefined = SECRET,
): Promise<{ status: number; heard: Heard[] }> {
  const heard: Heard[] = [];
  const alerts = {
    async acknowledge(target: string, by: string, options?: AcknowledgeOptions) {
      heard.push({ what: "acknowledge", target, by, options });
      return { acknowledged: 1 };
    },
    async unacknowledge(target: string, by: string, options?: AcknowledgeOptions) {
      heard.push({ what: "unacknowledge", target, by, options });
    },
  };
  const request = new Request("https://evaluator.example/hooks/pagerduty", { method: "POST", body, headers });
  const response = await handlePagerDutyHook(request, { secret, alerts });
  expect(await response.text()).not.toContain(SECRET);
  return { status: response.status, heard };
}

async function signed(body: string, secret = SECRET): Promise<{ "x-pagerduty-signature": string }> {
  return { "x-pagerduty-signature": `v1=${await hmacHex(secret, body)}` };
}

describe("the PagerDuty webhook", () => {
  it.each([
    ["incident.acknowledged", "acknowledge"],
    ["incident.resolved", "acknowledge"],
    ["incident.unacknowledged", "unacknowledge"],
    ["incident.reopened", "unacknowledge"],
  ])("takes %s as %s of the group", async (type, what) => {
    const body = event(type);
    const options = { from: "pagerduty", id: "pagerduty:01E", atMs: Date.UTC(2026, 10, 24, 3, 15) };
    expect(await post(body, await signed(body))).toEqual({
      status: 200,
      heard: [{ what, target: KEY, by: "Kim Example", options }],
    });
  });

  it.each(["service_reference", "integration_reference", "service", "inbound_integration_reference"])(
    "takes no echo of our own events, which %s is named for, as somebody's word",
    async (type) => {
      const agent = { id: "P2", type, summary: "MonoTask" };
      for (const kind of ["incident.resolved", "incident.acknowledged"]) {
        const body = event(kind, { agent });
        expect(await post(body, await signed(body))).toEqual({ status: 200, heard: [] });
      }
      // PagerDuty itself ends an acknowledgement whose time is over.
      const over = event("incident.unacknowledged", { agent });
      expect((await post(over, await signed(over))).heard).toMatchObject([{ what: "unacknowledge" }]);
    },
  );

  it("takes one right signature among several, as while a secret is exchanged", async () => {
    const body = event("incident.acknowledged");
    const right = await hmacHex(SECRET, body);
    const { status, heard } = await post(body, { "x-pagerduty-signature": `v1=${"0".repeat(64)}, v1=${right}` });
    expect([status, heard.length]).toEqual([200, 1]);
  });

  it("refuses what is not signed (401), forged, cut or signed by another (403), and changes nothing", async () => {
    const body = event("incident.acknowledged");
    const right = await signed(body);
    const other = await signed(body, "another secret");
    expect(await post(body, {})).toEqual({ status: 401, heard: [] });
    expect(await post(body, { "x-pagerduty-signature": "v2=abc" })).toEqual({ status: 401, heard: [] });
    expect(await post(body, other)).toEqual({ status: 403, heard: [] });
    expect(await post(body.replace("api", "web"), right)).toEqual({ status: 403, heard: [] });
    expect(await post(body, { "x-pagerduty-signature": right["x-pagerduty-signature"].slice(0, -2) })).toEqual({
      status: 403,
      heard: [],
    });
  });

  it("lets nobody in while no secret is set", async () => {
    const body = event("incident.acknowledged");
    const request = new Request("https://e.example/hooks/pagerduty", { method: "POST", body, headers: await signed(body) });
    expect((await handlePagerDutyHook(request, { secret: undefined, alerts: undefined })).status).toBe(403);
  });

  it("answers a ping and what it does not know, and does nothing", async () => {
    for (const body of [
      event("pagey.ping", { data: { message: "hi" } }),
      event("incident.triggered"),
      event("service.updated"),
    ]) {
      expect(await post(body, await signed(body))).toEqual({ status: 200, heard: [] });
    }
  });

  it("says that something signed is no event", async () => {
    for (const body of ["{", "[]", '{"event":{}}'])
      expect(await post(body, await signed(body))).toEqual({ status: 400, heard: [] });
  });
});

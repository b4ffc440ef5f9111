import { describe, expect, it } from "vitest";
import { alertFrom, burn, notificationOf, oversized } from "../../../test/notifications.ts";
import { pagerDutyFaults } from "../../../test/pagerduty-rules.ts";
import { peersAnswering } from "../../../test/peers.ts";
import { groupKeyOf } from "../../model/identity.ts";
import { pagerduty } from "./index.ts";

const ROUTING_KEY = "c0ffee00c0ffee00c0ffee00c0ffee00";
const event = pagerduty.render(notificationOf([alertFrom(burn)]));

describe("a PagerDuty event", () => {
  it("triggers with what, how bad, since when and what to do", () => {
    expect(event).toEqual({
      event_action: "trigger",
      dedup_key: "environment=production,worker=api-gateway,symptom=availability",
      payload: {
        summary: "[critical] api-gateway: API availability is burning 44× its budget",
        source: "api-gateway",
        severity: "critical",
        timestamp: "2026-11-24T03:12:00.000Z",
        component: "api-gateway",
        group: "production",
        class: "availability",
        custom_details: {
          situation: "api-gateway, critical, since 03:12 UTC (3 min)",
          figures: [burn.description, "Measured: 4.4 % (threshold 0.1 %)"],
          value: "4.4 %",
          threshold: "0.1 %",
          alerts: ["API availability is burning 44× its budget: 4.4 % (threshold 0.1 %) (critical, since 03:12 UTC)"],
          errors: ["D1_ERROR: no such column: priority (request req-1, fingerprint f00d)"],
          first_check: "errors began within one minute of a deploy: wrangler rollback --name api-gateway",
          commands:
            "monotask alerts ack slo:api-availability takes it, monotask alerts explain slo:api-availability says why you were told",
          notification_id: "environment=production,worker=api-gateway,symptom=availability/1/firing/1",
        },
      },
      links: [
        { href: "https://runbooks.example/high-error-rate", text: "Runbook" },
        { href: "https://dash.example/?from=02:45&to=03:15", text: "Dashboard" },
      ],
      client: "MonoTask monitoring",
    });
  });

  it("resolves with the same dedup key", () => {
    const over = notificationOf([alertFrom(burn, { resolvedAtMs: 1 })], { reason: "resolved" });
    expect(pagerduty.render(over)).toEqual({ event_action: "resolve", dedup_key: notificationOf([alertFrom(burn)]).groupKey });
  });

  it.each(["x", "é", "🔥", '"', "\u0000", "\ud800"])("is taken by PagerDuty when every text is full of %j", (character) => {
    for (const count of [1, 40, 200]) {
      expect(pagerDutyFaults({ routing_key: ROUTING_KEY, ...pagerduty.render(oversized(character, count)) })).toEqual([]);
    }
  });

  it("has a dedup key within 255 characters whatever the labels", () => {
    const worker = "🔥".repeat(200);
    const key = groupKeyOf({ worker, environment: worker, team: "t", symptom: "errors", severity: "info" });
    expect(key.length).toBeLessThanOrEqual(255);
    expect(key).not.toBe(
      groupKeyOf({ worker: `${worker}x`, environment: worker, team: "t", symptom: "errors", severity: "info" }),
    );
  });
});

describe("delivery to PagerDuty", () => {
  it("puts the routing key in only when it sends", async () => {
    const { deps, requests } = peersAnswering(() => Response.json({ status: "success" }, { status: 202 }));
    expect(await pagerduty.deliver(event, deps)).toEqual({ kind: "delivered" });
    expect(JSON.stringify(event)).not.toContain(ROUTING_KEY);
    expect(requests).toEqual([
      { url: "https://events.pagerduty.com/v2/enqueue", body: { routing_key: ROUTING_KEY, ...event }, redirect: "manual" },
    ]);
    expect(pagerDutyFaults(requests[0]?.body)).toEqual([]);
  });

  it("goes to another address when one is set", async () => {
    const { deps, requests } = peersAnswering(() => new Response(null, { status: 202 }));
    const settings = { ...deps.settings, pagerDutyEventsUrl: "http://127.0.0.1:8791/pagerduty", allowLoopback: true };
    await pagerduty.deliver(event, { ...deps, settings });
    expect(requests[0]?.url).toBe("http://127.0.0.1:8791/pagerduty");
  });

  it("does not retry 400, and says why without the routing key", async () => {
    const body = {
      status: "invalid event",
      message: "Event object is invalid",
      errors: [`routing_key ${ROUTING_KEY} is unknown`],
    };
    const { deps } = peersAnswering(() => Response.json(body, { status: 400 }));
    expect(await pagerduty.deliver(event, deps)).toEqual({
      kind: "permanent",
      reason: "PagerDuty answered 400: Event object is invalid, routing_key *** is unknown; check PAGERDUTY_ROUTING_KEY",
    });
  });

  it.each([500, 502, 503, 408])("retries %i", async (status) => {
    const { deps } = peersAnswering(() => new Response("", { status }));
    expect(await pagerduty.deliver(event, deps)).toEqual({ kind: "retry", reason: `PagerDuty answered ${status}` });
  });

  it("retries 429 after half a minute, or when it is told to", async () => {
    const plain = peersAnswering(() => new Response("", { status: 429 }));
    expect(await pagerduty.deliver(event, plain.deps)).toMatchObject({ kind: "retry", afterMs: 30_000 });
    const timed = peersAnswering(() => new Response("", { status: 429, headers: { "retry-after": "90" } }));
    expect(await pagerduty.deliver(event, timed.deps)).toMatchObject({ kind: "retry", afterMs: 90_000 });
  });

  it("retries a broken connection", async () => {
    const { deps } = peersAnswering(() => Promise.reject(new TypeError("reset")));
    expect(await pagerduty.deliver(event, deps)).toEqual({ kind: "retry", reason: "PagerDuty: connection failed" });
  });
});

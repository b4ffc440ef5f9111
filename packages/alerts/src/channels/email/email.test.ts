import { describe, expect, it, vi } from "vitest";
import { alertFrom, burn, notificationOf, oversized } from "../../../test/notifications.ts";
import { peersAnswering } from "../../../test/peers.ts";
import { byteLength } from "@monotask/telemetry";
import type { ChannelDeps, EmailMessage } from "../channel.ts";
import { email } from "./index.ts";

const content = email.render(notificationOf([alertFrom(burn)]));

function depsSending(send: (message: EmailMessage) => Promise<unknown>): ChannelDeps {
  return peersAnswering(() => new Response(null), { email: { send } }).deps;
}

/** Fails as Email Service does: an error with a code. */
function refusal(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(`${code} for alerts@monotask.dev`), { code }));
}

describe("a mail", () => {
  it("reads as a plain text of its own", () => {
    expect(content.subject).toBe("[critical] api-gateway: API availability is burning 44× its budget");
    expect(content.text).toBe(
      [
        "🔴 API availability is burning 44× its budget",
        "api-gateway, critical, since 03:12 UTC (3 min)",
        burn.description,
        "Measured: 4.4 % (threshold 0.1 %)",
        "Example: D1_ERROR: no such column: priority (request req-1, fingerprint f00d)",
        "First check: errors began within one minute of a deploy: wrangler rollback --name api-gateway",
        "Runbook: https://runbooks.example/high-error-rate\nDashboard: https://dash.example/?from=02:45&to=03:15",
        "monotask alerts ack slo:api-availability takes it, monotask alerts explain slo:api-availability says why you were told",
        "",
      ].join("\n\n"),
    );
  });

  it("escapes everything in its HTML", () => {
    const hostile = {
      ...burn,
      summary: `<img src=x onerror="alert('1')"> & co`,
      dashboardUrl: `https://d.example/?a="><script>`,
    };
    const { html } = email.render(notificationOf([alertFrom(hostile)]));
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co");
    expect(html).not.toMatch(/<(img|script)/);
  });

  it("has a subject of one line within 100 bytes", () => {
    const injected = { ...burn, summary: `two\r\nBcc: everybody@example.com\n${"é".repeat(200)}` };
    const { subject } = email.render(notificationOf([alertFrom(injected)]));
    expect(subject).not.toMatch(/[\r\n]/);
    expect(byteLength(subject)).toBeLessThanOrEqual(100);
  });

  it("stays far below Email Service's 5 MiB, whatever is in it", () => {
    const { text, html } = email.render(oversized("&", 200));
    expect(byteLength(text) + byteLength(html)).toBeLessThan(1_000_000);
  });
});

describe("delivery of a mail", () => {
  it("makes one thread of all mails of a group, ended and begun again", async () => {
    const sent: EmailMessage[] = [];
    const deps = depsSending(async (message) => void sent.push(message));
    expect(await email.deliver(content, deps)).toEqual({ kind: "delivered" });
    const over = email.render(notificationOf([alertFrom(burn, { resolvedAtMs: 1 })], { reason: "resolved", id: "other" }));
    await email.deliver(over, deps);
    expect(sent.map(({ from, to }) => [from, to])).toEqual(
      Array.from({ length: 2 }, () => ["alerts@monotask.dev", "alerts@monotask.dev"]),
    );
    expect(new Set(sent.map(({ headers }) => headers["References"])).size).toBe(1);
    expect(sent[0]?.headers["References"]).toMatch(/^<alert-[0-9a-f]{16}@monotask\.dev>$/);
    expect(sent.map(({ headers }) => headers["X-Monotask-Notification"])).toEqual([content.notificationId, "other"]);
  });

  it.each(["E_RATE_LIMIT_EXCEEDED", "E_DELIVERY_FAILED", "E_INTERNAL_SERVER_ERROR"])("retries %s", async (code) => {
    expect(
      await email.deliver(
        content,
        depsSending(() => refusal(code)),
      ),
    ).toEqual({ kind: "retry", reason: `EMAIL: ${code}` });
  });

  it("waits an hour when the day's quota is used up", async () => {
    const outcome = await email.deliver(
      content,
      depsSending(() => refusal("E_DAILY_LIMIT_EXCEEDED")),
    );
    expect(outcome).toEqual({ kind: "retry", reason: "EMAIL: E_DAILY_LIMIT_EXCEEDED", afterMs: 3_600_000 });
  });

  it.each([
    "E_SENDER_NOT_VERIFIED",
    "E_SENDER_DOMAIN_NOT_AVAILABLE",
    "E_RECIPIENT_NOT_ALLOWED",
    "E_RECIPIENT_SUPPRESSED",
    "E_VALIDATION_ERROR",
  ])("does not retry %s", async (code) => {
    const outcome = await email.deliver(
      content,
      depsSending(() => refusal(code)),
    );
    expect(outcome).toEqual({ kind: "permanent", reason: `EMAIL refused: ${code}; check ALERT_EMAIL and the sender's domain` });
  });

  it("retries an error without a code, without repeating its message, and one that is thrown at once", async () => {
    expect(
      await email.deliver(
        content,
        depsSending(() => Promise.reject(new Error("secret"))),
      ),
    ).toEqual({
      kind: "retry",
      reason: "EMAIL: connection failed",
    });
    const throwing = depsSending(() => {
      throw new Error("secret");
    });
    expect(await email.deliver(content, throwing)).toEqual({ kind: "retry", reason: "EMAIL: connection failed" });
  });

  it("gives a binding that never answers up after the timeout", async () => {
    vi.useFakeTimers();
    const outcome = email.deliver(
      content,
      depsSending(() => new Promise(() => undefined)),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await outcome).toEqual({ kind: "retry", reason: "EMAIL: no answer within 10 s" });
    vi.useRealTimers();
  });

  it.each([
    [{ allowLoopback: false }, "not configured, set ALERT_EMAIL"],
    [{ allowLoopback: false, alertEmail: "a@b.example" }, "not configured, bind EMAIL (send_email)"],
  ])("says what is missing", (settings, reason) => {
    expect(email.missing({ settings })).toBe(reason);
  });
});

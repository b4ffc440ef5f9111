import type { KnownBlock } from "@slack/types";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { alertFrom, burn, DECIDED_AT_MS, notificationOf, oversized, STARTED_AT_MS } from "../../../test/notifications.ts";
import { peersAnswering } from "../../../test/peers.ts";
import { slackFaults, slackRefusals } from "../../../test/slack-rules.ts";
import { slack, type SlackBlock, type SlackMessage } from "./index.ts";

function textsOf(message: SlackMessage): string[] {
  return message.blocks.flatMap((block) =>
    block.type === "section" ? [block.text.text] : block.elements.map(({ text }) => text),
  );
}

describe("a Slack message", () => {
  it("tells someone woken at three what it is, how bad, since when and what to do", () => {
    expect(slack.render(notificationOf([alertFrom(burn)]))).toEqual({
      text: "🔴 [critical] api-gateway: API availability is burning 44× its budget",
      blocks: [
        {
          ...section(
            "🔴 *API availability is burning 44× its budget* — `api-gateway`, critical, since <!date^1795489920^{time}|03:12 UTC> (03:12 UTC, 3 min)",
          ),
          block_id: "environment=production,worker=api-gateway,symptom=availability/1/firing/1",
        },
        section(
          "412 of 9,310 requests failed in the last hour. 6,200 of 6,703 failures of budget left; at this rate gone in 15 h.\nMeasured: 4.4 % (threshold 0.1 %)",
        ),
        section("*Example:* `D1_ERROR: no such column: priority` (request req-1, fingerprint f00d)"),
        section("*First check:* errors began within one minute of a deploy: wrangler rollback --name api-gateway"),
        context("<https://runbooks.example/high-error-rate|Runbook> · <https://dash.example/?from=02:45&amp;to=03:15|Dashboard>"),
        context(
          "monotask alerts ack slo:api-availability takes it, monotask alerts explain slo:api-availability says why you were told",
        ),
      ],
    });
  });

  it("says of the end how long it lasted and that nobody needs to do anything", () => {
    const over = alertFrom(
      { ...burn, description: "It cost 612 failures of budget." },
      { resolvedAtMs: DECIDED_AT_MS + 660_000 },
    );
    const message = slack.render(notificationOf([over], { reason: "resolved", decidedAtMs: DECIDED_AT_MS + 670_000 }));
    expect(textsOf(message).slice(0, 2)).toEqual([
      "🟢 *Over: API availability is burning 44× its budget* — `api-gateway`, critical, lasted 14 min, over since <!date^1795490760^{time}|03:26 UTC> (03:12 UTC to 03:26 UTC)",
      "It is over. Nobody needs to do anything.\nIt cost 612 failures of budget.\nMeasured: 4.4 % (threshold 0.1 %)",
    ]);
  });

  it("lists the errors that it merges, with their counts", () => {
    const errors = ["no such table: tasks", "overloaded", "reset", "timeout"].map((error, n) => ({
      ...{ fingerprint: `f${n}`, error: `D1_ERROR: ${error}`, count: [1_200, 300, 90, 10][n] ?? 0, firstAtMs: STARTED_AT_MS },
    }));
    const message = slack.render(notificationOf([alertFrom(burn, { errors, count: 1_600 })]));
    expect(textsOf(message).slice(2, 5)).toEqual([
      "*Most frequent:* `D1_ERROR: no such table: tasks` 1,200× (75 %), first seen 03:12 UTC",
      "*Then:* `D1_ERROR: overloaded` 300× (19 %), first seen 03:12 UTC",
      "*Then:* `D1_ERROR: reset` 90× (6 %), first seen 03:12 UTC; and 1 more error",
    ]);
  });

  it("lists every alert of an outage of 40 on its own line", () => {
    const alerts = Array.from({ length: 40 }, (_, n) =>
      alertFrom(
        { ...burn, name: `rule-${n}`, summary: `GET /api/${n} fails`, startsAt: STARTED_AT_MS, value: `${n} %` },
        { id: `alert-${n}` },
      ),
    );
    const message = slack.render(notificationOf(alerts));
    const lines = textsOf(message)
      .join("\n")
      .split("\n")
      .filter((line) => line.startsWith("•"));
    expect(lines).toHaveLength(40);
    expect(textsOf(message)[0]).toContain("(and 39 more)");
    expect(slackFaults(message)).toEqual([]);
  });

  it.each(["x", "&", "<", "é", "🔥", "`", "*", "\ud800", "\n"])(
    "stays within Slack's limits when every text is full of %j",
    (character) => {
      for (const count of [1, 2, 40, 200]) expect(slackFaults(slack.render(oversized(character, count)))).toEqual([]);
    },
  );

  it("cannot mention a channel, a user or another link", () => {
    const hostile = {
      ...burn,
      summary: "<!channel> <@U1> <https://evil.example|Runbook> & co",
      runbookUrl: "https://x.example/a|b>c",
    };
    const message = slack.render(notificationOf([alertFrom(hostile)]));
    expect(textsOf(message)[0]).toContain("&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|Runbook&gt; &amp; co");
    expect(textsOf(message).at(-2)).toContain("<https://x.example/a%7Cb&gt;c|Runbook>");
    expect(slackFaults({ ...message, blocks: message.blocks.slice(0, 1) })).toEqual([]);
  });

  it("names the channels that could not be told", () => {
    const message = slack.render(
      notificationOf([alertFrom(burn)], { notes: ["Not told: pagerduty: not configured, set PAGERDUTY_ROUTING_KEY"] }),
    );
    expect(textsOf(message).at(-1)).toBe("Not told: pagerduty: not configured, set PAGERDUTY_ROUTING_KEY");
  });

  it("is made of Block Kit blocks", () => {
    expectTypeOf<SlackBlock>().toExtend<KnownBlock>();
  });
});

describe("delivery to Slack", () => {
  const message = slack.render(notificationOf([alertFrom(burn)]));

  it("counts only 200 with the body ok as delivered", async () => {
    const { deps, requests } = peersAnswering(() => new Response("ok"));
    expect(await slack.deliver(message, deps)).toEqual({ kind: "delivered" });
    expect(requests).toEqual([{ url: "https://hooks.slack.example/services/canary", body: message, redirect: "manual" }]);
  });

  it.each(slackRefusals)("does not retry %s (%i)", async (word, status) => {
    const { deps } = peersAnswering(() => new Response(word, { status }));
    expect(await slack.deliver(message, deps)).toEqual({
      kind: "permanent",
      reason: `Slack answered ${status} ${word}; check SLACK_WEBHOOK_URL`,
    });
  });

  it.each([
    ["a 200 that is not ok", "<html>captive portal</html>", 200],
    ["500 rollup_error", "rollup_error", 500],
    ["429", "rate_limited", 429],
    ["502 with HTML", "<html>bad gateway</html>", 502],
  ])("retries %s", async (_, body, status) => {
    const { deps } = peersAnswering(() => new Response(body, { status }));
    expect(await slack.deliver(message, deps)).toMatchObject({ kind: "retry" });
  });

  it("passes Retry-After on", async () => {
    const { deps } = peersAnswering(() => new Response("rate_limited", { status: 429, headers: { "retry-after": "30" } }));
    expect(await slack.deliver(message, deps)).toEqual({
      kind: "retry",
      reason: "Slack answered 429 rate_limited",
      afterMs: 30_000,
    });
  });

  it("gives a silent peer up after the timeout, and one that stops in the middle of its answer", async () => {
    vi.useFakeTimers();
    const silent = peersAnswering(() => new Promise<Response>(() => undefined));
    const listening = { ...silent.deps, fetch: (_: string, init: RequestInit) => untilAborted(init.signal) };
    const slow = peersAnswering(() => new Response("ok"));
    const stuck = { ...slow.deps, fetch: async (_: string, init: RequestInit) => new Response(neverEnding(init.signal)) };
    const outcomes = Promise.all([slack.deliver(message, listening), slack.deliver(message, stuck)]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await outcomes).toEqual(Array.from({ length: 2 }, () => ({ kind: "retry", reason: "Slack: no answer within 10 s" })));
    vi.useRealTimers();
  });

  it("keeps the webhook's address out of every outcome", async () => {
    const { deps } = peersAnswering(() =>
      Promise.reject(new TypeError("fetch failed: https://hooks.slack.example/services/canary")),
    );
    expect(await slack.deliver(message, deps)).toEqual({ kind: "retry", reason: "Slack: connection failed" });
    const echo = peersAnswering(() => new Response("no such hook /services/canary", { status: 404 }));
    expect(JSON.stringify(await slack.deliver(message, echo.deps))).not.toContain("canary");
  });

  it.each([
    ["http://hooks.slack.example/x", false, "the configured address is http:, only https: is allowed; check SLACK_WEBHOOK_URL"],
    ["http://hooks.slack.example/x", true, "the configured address is http:, only https: is allowed; check SLACK_WEBHOOK_URL"],
    [
      "http://127.0.0.1:8791/slack",
      false,
      'http: to this machine needs ALLOW_LOOPBACK_CHANNELS = "true"; check SLACK_WEBHOOK_URL',
    ],
    ["http://127.0.0.1.evil.example/x", true, "the configured address is http:, only https: is allowed; check SLACK_WEBHOOK_URL"],
    ["ftp://127.0.0.1/x", true, "the configured address is not an https: URL; check SLACK_WEBHOOK_URL"],
    ["hooks.slack.example", true, "the configured address is not a URL; check SLACK_WEBHOOK_URL"],
  ])("does not call %s (loopback allowed: %s)", async (slackWebhookUrl, allowLoopback, reason) => {
    const { deps, requests } = peersAnswering(() => new Response("ok"));
    const outcome = await slack.deliver(message, { ...deps, settings: { slackWebhookUrl, allowLoopback } });
    expect(outcome).toEqual({ kind: "permanent", reason });
    expect(requests).toEqual([]);
  });

  it.each(["http://127.0.0.1:8791/slack", "http://localhost:8791/slack", "http://[::1]:8791/slack"])(
    "calls %s where loopback is allowed",
    async (slackWebhookUrl) => {
      const { deps } = peersAnswering(() => new Response("ok"));
      expect(await slack.deliver(message, { ...deps, settings: { slackWebhookUrl, allowLoopback: true } })).toEqual({
        kind: "delivered",
      });
    },
  );

  it("does not follow a redirect", async () => {
    const { deps } = peersAnswering(() => new Response(null, { status: 302, headers: { location: "https://evil.example" } }));
    expect(await slack.deliver(message, deps)).toMatchObject({ kind: "permanent" });
  });
});

function section(text: string): SlackBlock {
  return { type: "section", text: { type: "mrkdwn", text } };
}

function context(text: string): SlackBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text }] };
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))));
}

function neverEnding(signal: AbortSignal | null | undefined): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("o"));
      signal?.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
    },
  });
}

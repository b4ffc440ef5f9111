import { describe, expect, it } from "vitest";
import pagerdutyCases from "../../test/fixtures/pagerduty-cases.json";
import slackLimits from "../../test/fixtures/slack-limits.json";
import { raise, resolve, acknowledge } from "../../test/events.ts";
import { alertFrom, burn, notificationOf, oversized } from "../../test/notifications.ts";
import { pagerDutyFaults } from "../../test/pagerduty-rules.ts";
import { peersAnswering } from "../../test/peers.ts";
import { slackFaults } from "../../test/slack-rules.ts";
import { timeline } from "../../test/timeline.ts";
import { pagerduty, slack, type Notification } from "../index.ts";

const KEY = "0".repeat(32);
const first = notificationOf([alertFrom(burn)]);

/** Notifications of every kind that a long story makes. */
function story(): Notification[] {
  const t = timeline({}, (channel, atMs) =>
    channel === "slack" && atMs > 100_000 && atMs < 2_000_000 ? { kind: "retry", reason: "down" } : { kind: "delivered" },
  );
  t.at(0, raise("a b c"), raise("d", { worker: "web" }));
  t.at(50, acknowledge("environment=production,worker=api,symptom=errors"));
  t.at(60, raise("e"));
  t.at(200, resolve("a b c e"), resolve("d", { worker: "web" }));
  t.at(7_200, { kind: "close", worker: "api", by: "kim" });
  return t.delivered.map(({ notification }) => notification);
}

describe("PagerDuty's rules", () => {
  it.each(pagerdutyCases.accept)("hold for an accepted event %#", (event) => {
    expect(pagerDutyFaults(event)).toEqual([]);
  });

  it.each(pagerdutyCases.reject)("do not hold: $why", ({ event }) => {
    expect(pagerDutyFaults(event)).not.toEqual([]);
  });

  it("hold for every event that we make, of every kind", () => {
    const kinds = new Set<string>();
    for (const notification of [...story(), oversized("🔥", 200)]) {
      if (notification.kind === "digest") continue;
      const event = pagerduty.render(notification);
      kinds.add(event.event_action);
      expect(pagerDutyFaults({ routing_key: KEY, ...event })).toEqual([]);
    }
    expect([...kinds].sort()).toEqual(["acknowledge", "resolve", "trigger"]);
  });

  it.each(pagerdutyCases.answers.filter((answer) => "status" in answer))(
    "answer $status is retried: $retry",
    async ({ status, retry, body }) => {
      const { deps } = peersAnswering(() => Response.json(body ?? {}, { status: status ?? 0 }));
      const outcome = await pagerduty.deliver(pagerduty.render(first), deps);
      expect(outcome.kind).toBe(status === 202 ? "delivered" : retry ? "retry" : "permanent");
    },
  );
});

describe("Slack's rules", () => {
  it("hold for every message that we make, of every kind, with texts of every size", () => {
    const kinds = new Set<string>();
    for (const notification of [...story(), ...["x", "&", "🔥"].map((character) => oversized(character, 200))]) {
      const message = slack.render(notification);
      kinds.add(notification.kind);
      expect(slackFaults(message)).toEqual([]);
      expect(message.blocks.length).toBeLessThanOrEqual(slackLimits.message.blocksMax);
      expect(message.text).not.toBe("");
      const named = message.blocks.flatMap((block) => ("block_id" in block && block.block_id ? [block.block_id] : []));
      expect(named).toEqual([notification.id]);
      expect(notification.id.length).toBeLessThanOrEqual(slackLimits.blocks.blockIdMax);
    }
    expect([...kinds].sort()).toEqual(["acknowledged", "digest", "firing", "resolved"]);
  });

  it.each(Object.entries(slackLimits.webhookAnswers.permanent))("%s (%i) is never retried", async (word, status) => {
    const { deps } = peersAnswering(() => new Response(word, { status }));
    expect((await slack.deliver(slack.render(first), deps)).kind).toBe("permanent");
  });

  it.each(Object.entries(slackLimits.webhookAnswers.retryable))("%s (%i) is retried", async (word, status) => {
    const { deps } = peersAnswering(() => new Response(word, { status }));
    expect((await slack.deliver(slack.render(first), deps)).kind).toBe("retry");
  });

  it("take nothing but 200 with the body ok for success", async () => {
    const { status, body } = slackLimits.webhookAnswers.success;
    const kindOf = async (response: Response): Promise<string> =>
      (await slack.deliver(slack.render(first), peersAnswering(() => response).deps)).kind;
    expect(await kindOf(new Response(body, { status }))).toBe("delivered");
    expect(await kindOf(new Response("<html>a portal's login page</html>", { status }))).toBe("retry");
    expect(await kindOf(new Response("invalid_blocks", { status }))).toBe("permanent");
    expect(await kindOf(new Response(body, { status: 201 }))).toBe("permanent");
  });

  it("leave no way to mention anybody", () => {
    for (const hostile of slackLimits.mrkdwnEscape.mustNeutralise) {
      const message = slack.render(notificationOf([alertFrom({ ...burn, summary: hostile, description: hostile })]));
      expect(slackFaults(message)).toEqual([]);
    }
  });
});

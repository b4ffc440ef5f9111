import { describe, expect, it } from "vitest";
import { close, raise, resolve } from "../../test/events.ts";
import { timeline, type Peer } from "../../test/timeline.ts";
import type { Outcome } from "../index.ts";

const HOUR_S = 3_600;

describe("delivery", () => {
  it("retries a failing channel alone, under the same notification id", () => {
    const t = timeline({}, (channel, atMs) =>
      channel === "slack" && atMs < 60_000 ? { kind: "retry", reason: "Slack answered 500" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(300);
    expect(t.messages("email", "pagerduty", "log")).toEqual(["10s email first a", "10s pagerduty first a", "10s log first a"]);
    expect(t.delivered.filter(({ channel }) => channel === "slack")).toHaveLength(1);
    expect(new Set(t.delivered.map(({ notification }) => notification.id)).size).toBe(1);
  });

  it("waits at least as long as the peer asks, with everything it has for that channel", () => {
    let calls: number[] = [];
    const t = timeline({}, (channel, atMs) => {
      if (channel !== "slack") return { kind: "delivered" };
      calls = [...calls, atMs / 1000];
      return calls.length === 1 ? { kind: "retry", reason: "Slack answered 429", afterMs: 120_000 } : { kind: "delivered" };
    });
    t.at(0, raise("a"));
    t.at(20, raise("b", { worker: "web" }));
    t.at(400);
    expect(calls).toEqual([10, 130, 131]);
  });

  it("is not sent away for longer than an hour, whatever the peer asks: nobody would hear that it is silent", () => {
    const calls: number[] = [];
    const t = timeline({}, (channel, atMs) => {
      if (channel !== "slack") return { kind: "delivered" };
      calls.push(atMs / 1000);
      return { kind: "retry", reason: "Slack answered 429", afterMs: 1e12 };
    });
    t.at(0, raise("a", { severity: "warning" }));
    t.at(2 * HOUR_S + 100);
    expect(calls).toEqual([10, 10 + HOUR_S, 10 + 2 * HOUR_S]);
    t.at(26 * HOUR_S);
    const failed = t.effects.filter((effect) => effect.kind === "record-delivery" && effect.record.status === "failed");
    expect(failed).toHaveLength(1);
  });

  it("backs off: the waits double up to 5 min, give or take a quarter", () => {
    const calls: number[] = [];
    const t = timeline({}, (channel, atMs) => {
      if (channel !== "slack") return { kind: "delivered" };
      calls.push(atMs / 1000);
      return { kind: "retry", reason: "no" };
    });
    t.at(0, raise("a"));
    t.at(HOUR_S - 100);
    const waits = calls.slice(1).map((call, index) => call - (calls[index] ?? 0));
    waits.forEach((wait, index) => {
      const plain = Math.min(5 * 2 ** index, 300);
      expect(wait).toBeGreaterThanOrEqual(plain * 0.75);
      expect(wait).toBeLessThanOrEqual(plain * 1.25);
    });
    expect(waits.length).toBeGreaterThan(10);
  });

  it("replaces news that still wait for a channel by newer news, so that it is told once when it recovers", () => {
    const t = timeline({}, (channel, atMs) =>
      channel === "slack" && atMs < 4 * HOUR_S * 1000 ? { kind: "retry", reason: "down" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(5 * HOUR_S - 100);
    expect(t.messages("slack")).toHaveLength(1);
  });

  it("tells the end after the beginning on a channel that was down through the whole outage", () => {
    const t = timeline({}, (channel, atMs) =>
      channel === "slack" && atMs < 400_000 ? { kind: "retry", reason: "down" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(60, resolve("a"));
    t.at(HOUR_S);
    expect(t.messages("slack").map((line) => line.split(" ")[2])).toEqual(["first", "resolved"]);
  });

  it("does not retry a refusal, tells the others of it once, and does not tell that channel the end", () => {
    const t = timeline({}, (channel) =>
      channel === "pagerduty" ? { kind: "permanent", reason: "PagerDuty answered 400" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(60);
    expect(t.messages("slack", "pagerduty")).toEqual(["10s slack first a", "11s slack channel-failed a"]);
    expect(t.delivered.at(-1)?.notification.notes).toEqual(["Not told: pagerduty: PagerDuty answered 400"]);
    t.at(120, resolve("a"));
    t.at(300);
    expect(t.messages("email", "slack", "pagerduty")).toEqual(["130s email resolved a", "130s slack resolved a"]);
  });

  it("tells of a refusal once in an outage", () => {
    const t = timeline({}, (channel) => (channel === "pagerduty" ? { kind: "permanent", reason: "no" } : { kind: "delivered" }));
    t.at(0, raise("a"));
    t.at(3 * HOUR_S);
    expect(t.messages("log").map((line) => line.split(" ")[2])).toEqual(["first", "channel-failed", "repeat", "repeat"]);
  });

  it("drops the end for a channel that refused the beginning after the end was decided", () => {
    const t = timeline({}, (channel, atMs) => {
      if (channel !== "email") return { kind: "delivered" };
      return atMs < 300_000 ? { kind: "retry", reason: "down" } : { kind: "permanent", reason: "no" };
    });
    t.at(0, raise("a"));
    t.at(60, resolve("a"));
    t.at(HOUR_S);
    expect(
      t.effects.filter(
        (effect) => effect.kind === "deliver" && effect.job.channel === "email" && effect.job.record.kind === "resolved",
      ),
    ).toEqual([]);
    expect(t.state().jobs.size).toBe(0);
  });

  it("sends no newer message of a group while an older one is on its way", () => {
    const t = timeline({}, (channel, atMs) => (channel === "slack" && atMs < 15_000 ? undefined : { kind: "delivered" }));
    t.at(0, raise("a", { severity: "warning" }));
    t.at(20, raise("a"));
    t.at(30);
    expect(t.messages("slack")).toEqual([]);
    const [first] = [...t.state().jobs.values()];
    t.at(31, { kind: "outcome", jobId: first?.id ?? "", outcome: { kind: "delivered" } });
    t.at(32);
    expect(t.messages("slack")).toEqual(["31s slack severity-rise a"]);
  });

  it("sends again what never reported back, after a minute", () => {
    const t = timeline({}, (channel, atMs) => (channel === "slack" && atMs < 15_000 ? undefined : { kind: "delivered" }));
    t.at(0, raise("a"));
    t.at(300);
    expect(t.messages("slack")).toEqual(["70s slack first a"]);
  });

  it("gives a later outage a number of its own, also while the end of the first still waits", () => {
    const t = timeline({}, (channel, atMs) =>
      channel === "slack" && atMs > 30_000 ? { kind: "retry", reason: "down" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(60, resolve("a"));
    t.at(100, raise("a"));
    t.at(200);
    const key = "environment=production,worker=api,symptom=errors";
    const ids = t.delivered.filter(({ channel }) => channel === "log").map(({ notification }) => notification.id);
    expect(ids).toEqual([`${key}/1/firing/1`, `${key}/1/resolved/2`, `${key}/2/firing/3`]);
  });

  it("tells no second end to a channel that refused the first and then the next outage", () => {
    const t = timeline({}, (channel, atMs) =>
      channel === "email" && atMs > 60_000 ? { kind: "permanent", reason: "E_RECIPIENT_SUPPRESSED" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(60, resolve("a"));
    t.at(120, raise("a"));
    t.at(180, resolve("a"));
    t.at(600);
    const mails = t.effects.flatMap((effect) =>
      effect.kind === "deliver" && effect.job.channel === "email" ? [effect.job.record.kind] : [],
    );
    expect(mails).toEqual(["firing", "resolved", "firing"]);
  });

  it("says in every message which channel is not set up, and tries it not at all", () => {
    const t = timeline({
      unavailable: (target) => (target === "slack" ? "not configured, set SLACK_WEBHOOK_URL" : undefined),
    });
    t.at(0, raise("a"));
    t.at(60, resolve("a"));
    t.at(300);
    expect(t.messages()).toEqual([
      "10s email first a",
      "10s pagerduty first a",
      "10s log first a",
      "70s email resolved a",
      "70s pagerduty resolved a",
      "70s log resolved a",
    ]);
    expect(t.delivered[0]?.notification.notes).toEqual(["Not told: slack: not configured, set SLACK_WEBHOOK_URL"]);
  });

  it("sends Slack at most one message a second", () => {
    const t = timeline();
    t.at(0, ...["w1", "w2", "w3"].map((worker) => raise("a", { worker })));
    t.at(60);
    expect(t.messages("slack")).toEqual(["10s slack first a", "11s slack first a", "12s slack first a"]);
    expect(t.delivered.filter(({ channel }) => channel === "pagerduty").map(({ atMs }) => atMs)).toEqual([
      10_000, 10_000, 10_000,
    ]);
  });

  it("gives a channel up that has taken nothing for a day, though each repeat is newer news, and the others say so", () => {
    const t = timeline({}, (channel) =>
      channel === "slack" ? { kind: "retry", reason: "Slack answered 500" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(25 * HOUR_S);
    expect(t.messages("email").filter((line) => line.includes("channel-failed"))).toHaveLength(1);
    expect(t.delivered.at(-1)?.notification.notes).toEqual(["Not told: slack: Slack answered 500"]);
  });

  it("gives a delivery up after a day", () => {
    const t = timeline({ repeatIntervalMs: { critical: null, warning: null, info: null } }, (channel) =>
      channel === "email" ? { kind: "retry", reason: "E_DELIVERY_FAILED" } : { kind: "delivered" },
    );
    t.at(0, raise("a"));
    t.at(30 * HOUR_S);
    expect(t.state().jobs.size).toBe(0);
    const failed = t.effects.flatMap((effect) =>
      effect.kind === "record-delivery" && effect.record.status === "failed" ? [effect.record.detail] : [],
    );
    expect(failed).toEqual(["given up: E_DELIVERY_FAILED"]);
  });
});

/** Slack takes nothing before this second, then answers so. */
function slackFrom(seconds: number, then: Outcome): Peer {
  return (channel, atMs) =>
    channel !== "slack" ? { kind: "delivered" } : atMs < seconds * 1000 ? { kind: "retry", reason: "down" } : then;
}

describe("a digest of what is late", () => {
  it("says of outages that were closed meanwhile that they are over", () => {
    const t = timeline({}, slackFrom(20 * 60, { kind: "delivered" }));
    t.at(0, raise("a", { worker: "gone" }), raise("c", { worker: "gone", symptom: "latency" }), raise("d", { worker: "web" }));
    t.at(300, close("gone"));
    t.at(HOUR_S - 10);
    expect(t.details("slack").map((line) => line.split(" ").slice(3).sort())).toEqual([
      ["gone:a=over", "gone:c=over", "web:d=firing"],
    ]);
  });

  it("comes before nothing that was decided after what it sums up", () => {
    // The first outage is told before Slack breaks; closing it speaks for the two late ones too, and is itself not late yet.
    const t = timeline({}, (channel, atMs) =>
      channel === "slack" && atMs > 30_000 && atMs < 690_000 ? { kind: "retry", reason: "down" } : { kind: "delivered" },
    );
    t.at(0, raise("a", { worker: "gone" }));
    t.at(60, raise("b", { worker: "gone", symptom: "latency" }), raise("c", { worker: "gone", symptom: "data" }));
    t.at(675, close("gone"));
    t.at(HOUR_S - 10);
    const last = new Map<string, string>();
    for (const { channel, notification } of t.delivered) {
      if (channel !== "slack") continue;
      for (const { groupKey, state } of notification.digest ?? []) last.set(groupKey.split("symptom=")[1] ?? "", state);
      for (const { signal, status } of notification.alerts) last.set(signal.labels.symptom, status);
    }
    expect(Object.fromEntries(last)).toEqual({ errors: "over", latency: "over", data: "over" });
    expect([t.state().groups.size, t.state().jobs.size]).toEqual([0, 0]);
  });

  it("that is refused leaves nothing behind, and the others hear which channel is silent", () => {
    const t = timeline({}, slackFrom(20 * 60, { kind: "permanent", reason: "Slack answered 404 no_service" }));
    t.at(0, raise("a", { worker: "w1" }), raise("b", { worker: "w2" }), raise("c", { worker: "w3" }));
    t.at(300, resolve("b", { worker: "w2" }));
    t.at(50 * 60);
    const told = t.delivered.filter(
      ({ channel, notification }) => channel === "email" && notification.reason === "channel-failed",
    );
    expect(told.map(({ notification }) => notification.groupLabels["worker"]).sort()).toEqual(["w1", "w3"]);
    expect(told[0]?.notification.notes).toEqual(["Not told: slack: Slack answered 404 no_service"]);
    t.at(50 * 60, resolve("a", { worker: "w1" }), resolve("c", { worker: "w3" }));
    t.at(HOUR_S - 10);
    expect([t.state().groups.size, t.state().jobs.size]).toEqual([0, 0]);
  });

  it("of ends that are refused is not remembered as heard: a later outage that was not told has no end there", () => {
    const t = timeline({}, (channel, atMs) =>
      channel === "slack" && atMs > 30_000 ? { kind: "permanent", reason: "Slack answered 404" } : { kind: "delivered" },
    );
    t.at(0, raise("a", { severity: "warning" }), raise("b", { severity: "warning", symptom: "latency" }));
    t.at(60, close("api"));
    t.at(120, raise("b", { severity: "warning", symptom: "latency" }));
    t.at(180, resolve("b", { severity: "warning", symptom: "latency" }));
    t.at(600);
    const slack = t.effects.flatMap((effect) =>
      effect.kind === "deliver" && effect.job.channel === "slack" ? [effect.job.record.kind] : [],
    );
    expect(slack).toEqual(["firing", "firing", "resolved", "firing"]);
  });
});

describe("a group that has as many alerts as it may", () => {
  it("still takes a critical one", () => {
    const t = timeline();
    for (let at = 0; at < 5; at += 1) {
      const names = Array.from({ length: 100 }, (_, n) => `a${at * 100 + n}`).join(" ");
      t.at(0, raise(names, { severity: "warning" }));
    }
    t.at(1, raise("one-more", { severity: "warning" }), raise("page", { severity: "critical" }));
    t.at(60);
    expect(t.state().alerts.size).toBe(501);
    expect(t.messages("pagerduty")).toEqual(["11s pagerduty first page"]);
  });

  it("takes no more critical ones than as many again", () => {
    const t = timeline();
    for (let at = 0; at < 11; at += 1) t.at(0, raise(Array.from({ length: 100 }, (_, n) => `a${at * 100 + n}`).join(" ")));
    expect(t.state().alerts.size).toBe(1_000);
  });
});

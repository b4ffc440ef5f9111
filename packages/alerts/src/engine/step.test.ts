import { describe, expect, it } from "vitest";
import { signal, type SignalFields } from "../../test/signals.ts";
import { timeline } from "../../test/timeline.ts";
import { routingBySeverity, type EngineEvent, type RaiseSource } from "../index.ts";

let batches = 0;

function raise(names: string, fields: SignalFields = {}, source: RaiseSource = "evaluator"): EngineEvent {
  batches += 1;
  return {
    kind: "raise",
    batch: { id: `batch-${batches}`, source, signals: names.split(" ").map((name) => signal(name, fields)) },
  };
}

function resolve(names: string, fields: SignalFields = {}): EngineEvent {
  return raise(names, { ...fields, status: "resolved" });
}

const HOUR_S = 3_600;

describe("group wait", () => {
  it("tells a new group after 10 s, each channel of its severity once", () => {
    const t = timeline();
    t.at(0, raise("a"));
    t.at(9.9);
    expect(t.messages()).toEqual([]);
    t.at(60);
    expect(t.messages()).toEqual(["10s email first a", "10s slack first a", "10s pagerduty first a", "10s log first a"]);
  });

  it("makes one message of 40 alerts of one outage", () => {
    const t = timeline();
    for (let second = 0; second < 8; second += 1) {
      t.at(second, raise([0, 1, 2, 3, 4].map((n) => `endpoint-${second * 5 + n}`).join(" ")));
    }
    t.at(HOUR_S - 1);
    expect(t.delivered.map(({ channel }) => channel)).toEqual(["email", "slack", "pagerduty", "log"]);
    expect(t.delivered[0]?.notification.alerts).toHaveLength(40);
  });

  it("keeps other workers, environments and symptoms apart", () => {
    const t = timeline();
    t.at(0, raise("a"), raise("a", { worker: "web" }), raise("b", { symptom: "latency" }));
    t.at(60);
    expect(t.messages("pagerduty")).toHaveLength(3);
    expect(new Set(t.delivered.map(({ notification }) => notification.groupKey)).size).toBe(3);
  });

  it("tells nobody of an alert that ends while its group waits", () => {
    const t = timeline();
    t.at(0, raise("a"));
    t.at(5, resolve("a"));
    t.at(HOUR_S);
    expect(t.messages()).toEqual([]);
    expect(t.state().alerts.size + t.state().groups.size).toBe(0);
  });
});

describe("routes", () => {
  it.each([
    ["critical", ["email", "slack", "pagerduty", "log"]],
    ["warning", ["slack", "log"]],
    ["info", ["log"]],
  ] as const)("tells %s to %s", (severity, channels) => {
    const t = timeline();
    t.at(0, raise("a", { severity }));
    t.at(60);
    expect(t.delivered.map(({ channel }) => channel)).toEqual(channels);
  });

  it("pages only with the critical alerts of a mixed group, and posts all but the logged ones", () => {
    const t = timeline({ inhibitions: [] });
    t.at(0, raise("page"), raise("post", { severity: "warning" }), raise("note", { severity: "info" }));
    t.at(60);
    expect(t.messages()).toEqual([
      "10s email first page",
      "10s pagerduty first page",
      "10s slack first page post",
      "10s log first page post note",
    ]);
  });

  it("follows other routes when they are given", () => {
    const t = timeline({ routing: routingBySeverity({ critical: ["email"], warning: ["email"], info: [] }) });
    t.at(0, raise("a"), raise("b", { worker: "web", severity: "info" }));
    t.at(60);
    expect(t.messages()).toEqual(["10s email first a"]);
  });
});

describe("dedup and repeats", () => {
  it("tells a critical alert that is raised every minute once an hour", () => {
    const t = timeline();
    for (let minute = 0; minute <= 130; minute += 1) t.at(minute * 60, raise("a"));
    expect(t.messages("pagerduty")).toEqual(["10s pagerduty first a", "3610s pagerduty repeat a", "7210s pagerduty repeat a"]);
    expect([...t.state().alerts.values()].map(({ count }) => count)).toEqual([131]);
  });

  it("repeats a warning after 12 h and an info never", () => {
    const t = timeline();
    t.at(0, raise("a", { severity: "warning" }), raise("b", { severity: "info", worker: "web" }));
    t.at(25 * HOUR_S);
    expect(t.messages("slack")).toEqual([
      "10s slack first a",
      `${10 + 12 * HOUR_S}s slack repeat a`,
      `${10 + 24 * HOUR_S}s slack repeat a`,
    ]);
    expect(t.delivered.filter(({ notification }) => notification.severity === "info")).toHaveLength(1);
  });

  it("takes a batch with a known id in once", () => {
    const t = timeline();
    const batch = raise("a");
    t.at(0, batch, batch);
    t.at(30, batch);
    t.at(60);
    expect([...t.state().alerts.values()].map(({ count }) => count)).toEqual([1]);
    expect(t.messages("slack")).toHaveLength(1);
  });

  it("remembers a bounded number of batch ids", () => {
    const t = timeline();
    for (let n = 0; n < 10_100; n += 1) t.at(0, { kind: "raise", batch: { id: `b${n}`, source: "worker", signals: [] } });
    expect([t.state().batches.size, t.state().batches.has("b99"), t.state().batches.has("b100")]).toEqual([10_000, false, true]);
  });

  it("counts the occurrences that a raise brings along", () => {
    const t = timeline();
    t.at(0, { kind: "raise", batch: { id: "x", source: "worker", signals: [signal("a", {}, { count: 412 })] } }, raise("a"));
    expect([...t.state().alerts.values()].map(({ count }) => count)).toEqual([413]);
  });

  it("stops repeats when somebody acknowledges, and still tells the end", () => {
    const t = timeline();
    t.at(0, raise("a b"));
    t.at(60, { kind: "acknowledge", target: [...t.state().groups.keys()][0] ?? "", by: "kim" });
    t.messages();
    t.at(3 * HOUR_S);
    expect(t.messages()).toEqual(["60s pagerduty acknowledged a b"]);
    t.at(3 * HOUR_S, resolve("a b"));
    t.at(6 * HOUR_S);
    expect(t.messages("slack", "pagerduty")).toEqual(["10810s slack resolved a b", "10810s pagerduty resolved a b"]);
  });

  it("repeats while one of two alerts is not acknowledged", () => {
    const t = timeline();
    t.at(0, raise("a b"));
    t.at(60, { kind: "acknowledge", target: [...t.state().alerts.keys()][0] ?? "", by: "kim" });
    t.at(HOUR_S + 60);
    expect(t.messages("slack")).toEqual(["10s slack first a b", "3610s slack repeat a b"]);
  });
});

describe("news about a told group", () => {
  it("tells new alerts of the same severity together, 5 min after the message before", () => {
    const t = timeline();
    t.at(0, raise("a", {}));
    t.at(60, raise("b"));
    t.at(200, raise("c"));
    t.at(400);
    const messages = t.messages("slack");
    expect(messages).toHaveLength(2);
    expect(messages[1]).toMatch(/^310s slack new-alerts/);
    expect(
      t.delivered
        .at(-1)
        ?.notification.alerts.filter((alert) => alert.isNew)
        .map((alert) => alert.signal.name)
        .sort(),
    ).toEqual(["b", "c"]);
  });

  it("tells a rise in severity at once, also where the alert had not been told before", () => {
    const t = timeline();
    t.at(0, raise("a", { severity: "warning" }));
    t.at(60);
    expect(t.messages()).toEqual(["10s slack first a", "10s log first a"]);
    t.at(70, raise("a"));
    t.at(120);
    expect(t.messages()).toEqual([
      "70s email severity-rise a",
      "70s slack severity-rise a",
      "70s pagerduty severity-rise a",
      "70s log severity-rise a",
    ]);
  });

  it("tells a rise once, though severity goes up and down", () => {
    const t = timeline();
    t.at(0, raise("a", { severity: "warning" }));
    for (let minute = 1; minute < 50; minute += 1)
      t.at(minute * 60, raise("a", { severity: minute % 2 === 0 ? "warning" : "critical" }));
    expect(t.messages("slack")).toEqual(["10s slack first a", "60s slack severity-rise a"]);
  });

  it("remembers the loudest that was told, though a later message found the alert quieter", () => {
    const t = timeline({ inhibitions: [] });
    t.at(0, raise("a"));
    t.at(60, raise("a", { severity: "warning" }), raise("b"));
    t.at(400, raise("a"));
    t.at(600);
    expect(t.messages("slack")).toEqual(["10s slack first a", "310s slack new-alerts b a"]);
  });

  it("lets an alert that grows worse before it was told wait for company from then on", () => {
    const t = timeline({ inhibitions: [] });
    t.at(0, raise("a", { severity: "warning" }));
    t.at(60, raise("b", { severity: "warning" }));
    t.at(100, raise("b"));
    t.at(200);
    expect(t.messages("slack")).toEqual(["10s slack first a", "110s slack new-alerts b a"]);
  });

  it("is as loud as a worker's loudest error of the last 5 min: a quieter one after it hides no page", () => {
    const t = timeline();
    t.at(0, raise("a", { severity: "critical" }, "worker"));
    for (let second = 3; second < 60; second += 3) t.at(second, raise("a", { severity: "warning" }, "worker"));
    expect(t.messages("pagerduty")).toEqual(["10s pagerduty first a"]);
    expect([...t.state().alerts.values()].map(({ signal }) => signal.labels.severity)).toEqual(["critical"]);
    for (let second = 60; second <= 301; second += 60) t.at(second, raise("a", { severity: "warning" }, "worker"));
    t.at(301, raise("a", { severity: "warning" }, "worker"));
    expect([...t.state().alerts.values()].map(({ signal }) => signal.labels.severity)).toEqual(["warning"]);
    t.at(302, raise("a", { severity: "critical" }, "worker"));
    expect([...t.state().alerts.values()].map(({ count }) => count)).toEqual([27]);
  });

  it("takes an acknowledgement back when it gets worse", () => {
    const t = timeline();
    t.at(0, raise("a", { severity: "warning" }));
    t.at(60, { kind: "acknowledge", target: [...t.state().alerts.keys()][0] ?? "", by: "kim" }, raise("a"));
    t.at(HOUR_S + 120);
    expect(t.messages("pagerduty")).toEqual(["60s pagerduty severity-rise a", "3660s pagerduty repeat a"]);
  });

  it("lets a louder alert of a told group wait for company, not for the group interval", () => {
    const t = timeline();
    t.at(0, raise("a", { severity: "warning" }));
    t.at(60, raise("b"));
    t.at(65, raise("c"));
    t.at(100);
    expect(t.messages("slack", "pagerduty").slice(1)).toHaveLength(2);
    expect(t.delivered.at(-1)?.atMs).toBe(70_000);
  });
});

describe("the end", () => {
  it("waits for the last alert of the group, then tells each channel that heard once", () => {
    const t = timeline();
    t.at(0, raise("a b", {}));
    t.at(60, resolve("a"));
    t.at(600);
    expect(t.messages("slack")).toHaveLength(1);
    t.at(600, resolve("b"));
    t.at(900);
    const resolved = t.delivered.filter(({ notification }) => notification.kind === "resolved");
    expect(resolved.map(({ channel, atMs }) => `${channel} ${atMs / 1000}s`)).toEqual([
      "email 610s",
      "slack 610s",
      "pagerduty 610s",
      "log 610s",
    ]);
    expect(resolved[0]?.notification.alerts).toHaveLength(2);
    expect(t.state().alerts.size + t.state().groups.size + t.state().jobs.size).toBe(0);
  });

  it("keeps the page open while a warning of the same group still fires", () => {
    const t = timeline({ inhibitions: [] });
    t.at(0, raise("a"), raise("b", { severity: "warning" }));
    t.at(60, resolve("a"));
    t.at(300);
    t.messages();
    t.at(300, resolve("b"));
    t.at(400);
    expect(t.messages("pagerduty", "slack")).toEqual(["310s pagerduty resolved a", "310s slack resolved a b"]);
  });

  it("is not held back by an alert that is only logged", () => {
    const t = timeline();
    t.at(0, raise("a"), raise("note", { severity: "info" }));
    t.at(60, resolve("a"));
    t.at(300);
    expect(t.messages("pagerduty")).toEqual(["10s pagerduty first a", "70s pagerduty resolved a"]);
  });

  it("is not told to a channel that only later alerts would have reached", () => {
    const t = timeline();
    t.at(0, raise("a", { severity: "warning" }));
    t.at(60, raise("b"));
    t.at(65, resolve("a b"));
    t.at(300);
    expect(t.messages()).toEqual(["10s slack first a", "10s log first a", "75s slack resolved a", "75s log resolved a"]);
  });

  it("comes to nothing when the alert fires again within the wait", () => {
    const t = timeline();
    t.at(0, raise("a"));
    t.at(60, resolve("a"));
    t.at(65, raise("a"));
    t.at(1_000);
    expect(t.messages("slack")).toEqual(["10s slack first a"]);
  });

  it("lets a later outage be news, with another notification id", () => {
    const t = timeline();
    t.at(0, raise("a"));
    t.at(60, resolve("a"));
    t.at(120, raise("a"));
    t.at(200);
    expect(t.messages("slack")).toEqual(["10s slack first a", "70s slack resolved a", "130s slack first a"]);
    expect(new Set(t.delivered.map(({ notification }) => notification.id)).size).toBe(3);
  });

  it("comes 5 min after a worker's last raise", () => {
    const t = timeline();
    for (let minute = 0; minute <= 20; minute += 1) t.at(minute * 60, raise("a", {}, "worker"));
    t.at(HOUR_S);
    expect(t.messages("slack")).toEqual(["10s slack first a", "1510s slack resolved a"]);
  });

  it("does not come by itself for what the evaluator raised once", () => {
    const t = timeline();
    t.at(0, raise("a"));
    t.at(HOUR_S);
    expect(t.messages("slack")).toEqual(["10s slack first a"]);
  });

  it("is no news for an alert that nobody knows", () => {
    const t = timeline();
    t.at(0, resolve("a"));
    t.at(60);
    expect(t.messages()).toEqual([]);
    expect(t.state().alerts.size).toBe(0);
  });
});

describe("time", () => {
  it("never runs backwards", () => {
    const t = timeline();
    t.at(100, raise("a"));
    t.at(50, raise("b"));
    expect(t.state().nowMs).toBe(100_000);
    expect([...t.state().alerts.values()].map(({ firedAtMs }) => firedAtMs)).toEqual([100_000, 100_000]);
  });
});

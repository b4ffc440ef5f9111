import { describe, expect, it } from "vitest";
import { raise, resolve, silence, acknowledge, unsilence, close, worker } from "../../test/events.ts";
import { timeline, type Message, type Peer } from "../../test/timeline.ts";
import { routingBySeverity, type ChannelName, type EngineEvent, type EngineSettings, type Routing } from "../index.ts";

/** One story on a fake clock: at these seconds this happens, and these messages come. */
interface Scenario {
  settings?: Partial<EngineSettings>;
  peer?: Peer;
  /** What happens, by second. */
  at: [seconds: number, ...events: EngineEvent[]][];
  untilS: number;
  /** Channels that are looked at; Slack alone by default. */
  on?: ChannelName[];
  want: Message[];
}

const MIN = 60;
const HOUR = 3_600;

const escalating: Routing = {
  ...routingBySeverity({ critical: ["slack"], warning: ["slack"], info: [] }),
  decide: ({ severity }) => ({
    route: "escalation: ours",
    targets: ["slack"],
    escalation:
      severity === "critical"
        ? [
            { afterMs: 15 * MIN * 1000, targets: ["email:lead@example.com"] },
            { afterMs: 30 * MIN * 1000, targets: ["email:head@example.com"] },
          ]
        : [],
  }),
};

/** Quiet hours from second 100 to second 1,000, for warnings. */
const nightly: Routing = {
  ...routingBySeverity({ critical: ["slack"], warning: ["slack"], info: [] }),
  quiet: ({ severity }, nowMs) =>
    severity === "warning" && nowMs >= 100_000 && nowMs < 1_000_000 ? { name: "night", untilMs: 1_000_000 } : null,
};

const slackDownUntil =
  (seconds: number): Peer =>
  (channel, atMs) =>
    channel === "slack" && atMs < seconds * 1000 ? { kind: "retry", reason: "down" } : { kind: "delivered" };

const pagerdutyDownUntil =
  (seconds: number): Peer =>
  (channel, atMs) =>
    channel === "pagerduty" && atMs < seconds * 1000 ? { kind: "retry", reason: "down" } : { kind: "delivered" };

const scenarios: Record<string, Scenario> = {
  "pending: an alert that does not last is told to nobody": {
    at: [
      [0, raise("a", {}, { pendingForMs: 300_000 })],
      [60, raise("a", {}, { pendingForMs: 300_000 })],
      [120, resolve("a")],
    ],
    untilS: HOUR,
    want: [],
  },
  "pending: an alert that lasts is told after its group wait": {
    at: [0, 60, 120, 180, 240, 300].map((second) => [second, raise("a", {}, { pendingForMs: 300_000 })]),
    untilS: HOUR,
    want: ["310s slack first a"],
  },
  "pending: nothing fires by the mere passing of time": {
    at: [[0, raise("a", {}, { pendingForMs: 300_000 })]],
    untilS: 2 * HOUR,
    want: [],
  },
  "keep firing: an end that does not last is no end": {
    at: [
      [0, raise("a", {}, { keepFiringForMs: 300_000 })],
      [60, resolve("a")],
      [200, raise("a", {}, { keepFiringForMs: 300_000 })],
    ],
    untilS: 50 * MIN,
    want: ["10s slack first a"],
  },
  "keep firing: an end that lasts is told after it": {
    at: [
      [0, raise("a", {}, { keepFiringForMs: 300_000 })],
      [60, resolve("a")],
    ],
    untilS: 50 * MIN,
    want: ["10s slack first a", "370s slack resolved a"],
  },
  "silence: an alert that begins under it is told when it ends": {
    at: [
      [0, silence("s", "worker=api", { untilS: 600 })],
      [60, raise("a")],
    ],
    untilS: 50 * MIN,
    want: ["600s slack silence-ended a"],
  },
  "silence: one that begins mid-alert stops repeats, and a still firing alert is told at its end": {
    at: [
      [0, raise("a")],
      [60, silence("s", "worker=api", { untilS: 3 * HOUR })],
    ],
    untilS: 3 * HOUR + 60,
    want: ["10s slack first a", "7200s slack silence-ending a", "10800s slack silence-ended a"],
  },
  "silence: an alert that ends under it is closed where it was told": {
    at: [
      [0, raise("a")],
      [60, silence("s", "worker=api", { untilS: 2 * HOUR })],
      [600, resolve("a")],
    ],
    untilS: 3 * HOUR,
    want: ["10s slack first a", "610s slack resolved a"],
  },
  "silence: an alert that begins and ends under it is told to nobody": {
    at: [
      [0, silence("s", "worker=api", { untilS: 600 })],
      [60, raise("a")],
      [300, resolve("a")],
    ],
    untilS: HOUR,
    want: [],
  },
  "silence: one that starts later holds back nothing before": {
    at: [
      [0, silence("s", "worker=api", { fromS: 100, untilS: 1_000 }), raise("a")],
      [200, raise("b")],
    ],
    untilS: 900,
    want: ["10s slack first a"],
  },
  "silence: nobody is warned of the end of one that hides nothing": {
    at: [[0, silence("s", "worker=other", { untilS: 3 * HOUR })]],
    untilS: 4 * HOUR,
    want: [],
  },
  "silence: ended by hand, what it hid is told at once": {
    at: [
      [0, silence("s", "name=a", { untilS: HOUR })],
      [10, raise("a")],
      [100, unsilence("s")],
    ],
    untilS: 200,
    want: ["100s slack silence-ended a"],
  },
  "silence: of one alert leaves the others of the group loud": {
    at: [
      [0, silence("s", "name=a", { untilS: HOUR })],
      [10, raise("a b")],
    ],
    untilS: 200,
    want: ["20s slack first b"],
  },
  "silence: two of them hold until the later one ends": {
    at: [
      [0, silence("s", "worker=api", { untilS: 300 }), silence("t", "name=a", { untilS: 700 })],
      [10, raise("a")],
    ],
    untilS: 1_000,
    want: ["700s slack silence-ended a"],
  },
  "inhibition: a critical alert hides the warnings of its worker, and names them": {
    at: [[0, raise("page"), raise("slow", { severity: "warning", symptom: "latency" })]],
    untilS: 200,
    want: ["10s slack first page (hides slow)"],
  },
  "inhibition: what was hidden is told when the critical alert has ended": {
    at: [
      [0, raise("page"), raise("slow", { severity: "warning", symptom: "latency" })],
      [100, resolve("page")],
    ],
    untilS: 200,
    want: ["10s slack first page (hides slow)", "100s slack first slow", "110s slack resolved page"],
  },
  "inhibition: another worker's warning is heard": {
    at: [[0, raise("page"), raise("slow", { severity: "warning", worker: "web" })]],
    untilS: 200,
    want: ["10s slack first page", "11s slack first slow"],
  },
  "inhibition: the page of an SLO hides its ticket": {
    at: [
      [
        0,
        raise("slo:api:fast", { worker: "a", labels: { slo: "api" } }),
        raise("slo:api:slow", { worker: "b", severity: "warning", labels: { slo: "api" } }),
      ],
    ],
    untilS: 200,
    want: ["10s slack first slo:api:fast (hides slo:api:slow)"],
  },
  "inhibition: a warning that was told is closed though a critical alert hides it by then": {
    at: [
      [0, raise("slow", { severity: "warning", symptom: "latency" })],
      [60, raise("page")],
      [120, resolve("slow", { severity: "warning", symptom: "latency" })],
    ],
    untilS: 200,
    want: ["10s slack first slow", "70s slack first page (hides slow)", "130s slack resolved slow"],
  },
  "acknowledgement: ours is sent to PagerDuty, once for the incident": {
    on: ["pagerduty"],
    at: [
      [0, raise("a b")],
      [60, acknowledge("environment=production,worker=api,symptom=errors")],
      [90, acknowledge("environment=production,worker=api,symptom=errors")],
    ],
    untilS: HOUR,
    want: ["10s pagerduty first a b", "60s pagerduty acknowledged a b"],
  },
  "acknowledgement: PagerDuty's own is not sent back": {
    on: ["pagerduty"],
    at: [
      [0, raise("a")],
      [60, acknowledge("environment=production,worker=api,symptom=errors", { from: "pagerduty", id: "e1" })],
    ],
    untilS: 2 * HOUR,
    want: ["10s pagerduty first a"],
  },
  "acknowledgement: word about an earlier outage is about no later one": {
    at: [
      [100, raise("a")],
      [160, acknowledge("environment=production,worker=api,symptom=errors", { from: "pagerduty", id: "e1", atMs: 50_000 })],
    ],
    untilS: HOUR + 200,
    want: ["110s slack first a", "3710s slack repeat a"],
  },
  "acknowledgement: runs out after 4 h with a reminder, then repeats go on": {
    at: [
      [0, raise("a")],
      [60, acknowledge("environment=production,worker=api,symptom=errors")],
    ],
    untilS: 5 * HOUR + 100,
    want: ["10s slack first a", "14460s slack acknowledgement-expired a", "18060s slack repeat a"],
  },
  "acknowledgement: falls when the alert gets worse": {
    at: [
      [0, raise("a", { severity: "warning" })],
      [60, acknowledge("environment=production,worker=api,symptom=errors")],
      [120, raise("a")],
    ],
    untilS: HOUR + 130,
    want: ["10s slack first a", "120s slack severity-rise a", "3720s slack repeat a"],
  },
  "escalation: level 2 after 15 min, level 3 after 30 more, and each hears the end": {
    settings: { routing: escalating, repeatIntervalMs: { critical: null, warning: null, info: null } },
    on: ["slack", "email"],
    at: [
      [0, raise("a")],
      [HOUR, resolve("a")],
    ],
    untilS: 2 * HOUR,
    want: [
      "10s slack first a",
      "910s email:lead@example.com escalation a",
      "2710s email:head@example.com escalation a",
      "3610s email:head@example.com resolved a",
      "3610s email:lead@example.com resolved a",
      "3610s slack resolved a",
    ],
  },
  "escalation: stops at an acknowledgement": {
    settings: { routing: escalating },
    on: ["email"],
    at: [
      [0, raise("a")],
      [800, acknowledge("environment=production,worker=api,symptom=errors")],
    ],
    untilS: 3 * HOUR,
    want: [],
  },
  "escalation: begins anew when the acknowledgement has run out": {
    settings: { routing: escalating },
    on: ["email"],
    at: [
      [0, raise("a")],
      [800, acknowledge("environment=production,worker=api,symptom=errors")],
    ],
    untilS: 800 + 4 * HOUR + 16 * MIN,
    want: [`${800 + 4 * HOUR + 15 * MIN}s email:lead@example.com escalation a`],
  },
  "escalation: a warning goes nowhere": {
    settings: { routing: escalating },
    on: ["email"],
    at: [[0, raise("a", { severity: "warning" })]],
    untilS: 3 * HOUR,
    want: [],
  },
  "quiet hours: a warning waits for the morning": {
    settings: { routing: nightly },
    at: [[200, raise("a", { severity: "warning" })]],
    untilS: 2_000,
    want: ["1000s slack first a"],
  },
  "quiet hours: a critical alert does not": {
    settings: { routing: nightly },
    at: [[200, raise("a")]],
    untilS: 2_000,
    want: ["210s slack first a"],
  },
  "growth: ten times the count breaks through, five minutes after the last message": {
    at: [
      [0, raise("a", {}, { count: 40 }, "worker")],
      [60, raise("a", {}, { count: 600 }, "worker")],
      [120, raise("a", {}, { count: 600 }, "worker")],
      [300, raise("a", {}, { count: 600 }, "worker")],
    ],
    untilS: 500,
    want: ["10s slack first a", "310s slack count-rise a (+1800)"],
  },
  "growth: a small count that grows is no news": {
    at: [0, 60, 120, 180, 240, 300].map((second) => [second, raise("a", {}, { count: 5 }, "worker")]),
    untilS: 500,
    want: ["10s slack first a"],
  },
  "growth: an error not seen within a day is": {
    at: [
      [0, raise("a", {}, { sample: { fingerprint: "f1", error: "one" } })],
      [60, raise("a", {}, { sample: { fingerprint: "f2", error: "two" } })],
      [120, raise("a", {}, { sample: { fingerprint: "f2", error: "two" } })],
    ],
    untilS: 900,
    want: ["10s slack first a", "310s slack new-error a (+2)"],
  },
  "growth: not while somebody has it": {
    at: [
      [0, raise("a", {}, { count: 4 })],
      [60, acknowledge("environment=production,worker=api,symptom=errors")],
      [120, raise("a", {}, { count: 6_000 })],
    ],
    untilS: HOUR,
    want: ["10s slack first a"],
  },
  "flapping: from the fourth beginning within an hour on, its end waits for 10 min of quiet": {
    at: [0, 1, 2, 3, 4, 5].flatMap((n): [number, EngineEvent][] => [
      [n * 200, raise("a")],
      [n * 200 + 100, resolve("a")],
    ]),
    untilS: 2 * HOUR,
    want: [
      "10s slack first a",
      "110s slack resolved a",
      "210s slack first a",
      "310s slack resolved a",
      "410s slack first a",
      "510s slack resolved a",
      "610s slack first a (flapping)",
      "1700s slack resolved a (flapping)",
    ],
  },
  "restart of a channel: what waited for more than 10 min is one digest, what is over collapsed": {
    peer: slackDownUntil(20 * MIN),
    at: [
      [0, raise("a", { worker: "w1" }), raise("b", { worker: "w2" }), raise("c", { worker: "w3" })],
      [300, resolve("b", { worker: "w2" })],
    ],
    untilS: 50 * MIN,
    want: ["1308s slack late w1:a=firing w3:c=firing w2:b=over"],
  },
  "restart of a channel: the end of what a digest told is told": {
    peer: slackDownUntil(20 * MIN),
    at: [
      [0, raise("a", { worker: "w1" }), raise("b", { worker: "w2" })],
      [40 * MIN, resolve("a", { worker: "w1" })],
    ],
    untilS: 50 * MIN,
    want: ["1444s slack late w1:a=firing w2:b=firing", "2410s slack resolved a"],
  },
  "restart of a channel: one message that waited says that it is late": {
    peer: slackDownUntil(20 * MIN),
    at: [[0, raise("a")]],
    untilS: 50 * MIN,
    want: ["1344s slack first a (late)"],
  },
  "restart: what a peer may have taken is said again as it was, though it is late by then": {
    peer: (channel, atMs) => (channel === "slack" && atMs < 700_000 ? undefined : { kind: "delivered" }),
    at: [[0, raise("a"), raise("b", { worker: "web" })]],
    untilS: 50 * MIN,
    want: ["730s slack first a", "731s slack first b"],
  },
  "restart of a channel: PagerDuty wakes nobody for what is over": {
    peer: pagerdutyDownUntil(20 * MIN),
    on: ["pagerduty"],
    at: [
      [0, raise("a")],
      [300, resolve("a")],
    ],
    untilS: 50 * MIN,
    want: [],
  },
  "close: a deleted worker's alerts end in one message, and in PagerDuty each incident": {
    on: ["slack", "pagerduty"],
    at: [
      [0, raise("a"), raise("b", { symptom: "latency" })],
      [60, close("api")],
    ],
    untilS: HOUR,
    want: [
      "10s pagerduty first a",
      "10s pagerduty first b",
      "10s slack first a",
      "11s slack first b",
      "60s pagerduty closed a",
      "60s pagerduty closed b",
      "60s slack closed a b",
    ],
  },
  "drill: goes to its targets and to nobody else, apart from the real outage, and ends by itself": {
    on: ["slack", "email", "pagerduty", "log"],
    at: [
      [0, raise("a", {}, { drill: { id: "d", kind: "drill", targets: ["slack"], lastsMs: 60_000 } })],
      [20, raise("a")],
    ],
    untilS: 200,
    want: [
      "10s slack first a [drill]",
      "30s email first a",
      "30s log first a",
      "30s pagerduty first a",
      "30s slack first a",
      "70s slack resolved a [drill]",
    ],
  },
  "test: comes at once and is over within a minute": {
    at: [[0, raise("a", { severity: "info" }, { drill: { id: "t", kind: "test", targets: ["slack"], lastsMs: 20_000 } })]],
    untilS: 200,
    want: ["0s slack first a [test]", "30s slack resolved a [test]"],
  },
  "environments: only production pages": {
    on: ["slack", "pagerduty"],
    at: [[0, raise("a", { labels: { environment: "staging" } })]],
    untilS: 200,
    want: ["10s slack first a"],
  },
  "no data: an alert that is frozen neither ends nor grows": {
    at: [
      [0, raise("a")],
      [60, raise("a", { status: "frozen" })],
    ],
    untilS: 50 * MIN,
    want: ["10s slack first a"],
  },
  "a worker that goes quiet ends its alert, a frozen word keeps nothing alive": {
    at: [[0, ...worker("a")]],
    untilS: 50 * MIN,
    want: ["10s slack first a", "310s slack resolved a"],
  },
};

describe.each([
  ["scenarios", false],
  ["the same scenarios with a restart before every step", true],
])("%s", (_, restarts) => {
  it.each(Object.entries(scenarios))("%s", (__, { settings, peer, at, untilS, on = ["slack"], want }) => {
    const t = timeline(settings, peer, restarts);
    for (const [seconds, ...events] of at) t.at(seconds, ...events);
    t.at(untilS);
    expect(t.details(...on)).toEqual(want);
  });
});

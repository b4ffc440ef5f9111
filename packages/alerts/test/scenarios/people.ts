import { routingBySeverity, type Routing } from "../../src/index.ts";
import { raise, resolve, acknowledge, close } from "../events.ts";
import { HOUR, MIN, type Scenarios } from "./scenario.ts";

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

/** What people do: acknowledge, let it escalate, close, drill. */
export const byPeople: Scenarios = {
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
};

import { raise, resolve } from "../events.ts";
import type { Peer } from "../timeline.ts";
import { MIN, type Scenarios } from "./scenario.ts";

const slackDownUntil =
  (seconds: number): Peer =>
  (channel, atMs) =>
    channel === "slack" && atMs < seconds * 1000 ? { kind: "retry", reason: "down" } : { kind: "delivered" };

const pagerdutyDownUntil =
  (seconds: number): Peer =>
  (channel, atMs) =>
    channel === "pagerduty" && atMs < seconds * 1000 ? { kind: "retry", reason: "down" } : { kind: "delivered" };

/** Channels that were down for a while. */
export const afterAnOutage: Scenarios = {
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
};

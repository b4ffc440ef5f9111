import type { EngineEvent } from "../../src/index.ts";
import { raise, resolve, acknowledge, worker } from "../events.ts";
import { HOUR, MIN, type Scenarios } from "./scenario.ts";

/** Alerts that grow, flap or go quiet. */
export const growing: Scenarios = {
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

import { routingBySeverity, type Routing } from "../../src/index.ts";
import { raise, resolve, silence, unsilence } from "../events.ts";
import { HOUR, MIN, type Scenarios } from "./scenario.ts";

/** Quiet hours from second 100 to second 1,000, for warnings. */
const nightly: Routing = {
  ...routingBySeverity({ critical: ["slack"], warning: ["slack"], info: [] }),
  quiet: ({ severity }, nowMs) =>
    severity === "warning" && nowMs >= 100_000 && nowMs < 1_000_000 ? { name: "night", untilMs: 1_000_000 } : null,
};

/** What holds an alert back: pending, silences, inhibition, quiet hours. */
export const heldBack: Scenarios = {
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
};

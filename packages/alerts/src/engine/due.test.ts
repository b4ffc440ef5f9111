import { describe, expect, it } from "vitest";
import { signal } from "../../test/signals.ts";
import type { Alert, Severity } from "../index.ts";
import { nextDue, type DueContext } from "./due.ts";
import { defaultSettings } from "./settings.ts";
import type { ChannelLog } from "./state.ts";

/** Second 0 is long after the beginning of time, so that what lies before it is no special case. */
const T0_MS = Date.UTC(2026, 10, 24, 3);

function at(seconds: number): number {
  return T0_MS + seconds * 1000;
}

/** A critical alert that fires since second 0, and what is special about it. */
function alert(name: string, severity: Severity = "critical", more: Partial<Alert> = {}): Alert {
  return {
    id: name,
    groupKey: "g",
    status: "firing",
    source: "evaluator",
    signal: signal(name, { severity }),
    firedAtMs: at(0),
    severitySinceMs: at(0),
    lastRaisedAtMs: at(0),
    count: 1,
    told: {},
    ...more,
  };
}

const heard: ChannelLog = { lastToldAtMs: at(10), hasHeard: true };
const toldCritical: Partial<Alert> = { told: { slack: "critical" } };
const toldWarning: Partial<Alert> = { told: { slack: "warning" } };
const over = (seconds: number): Partial<Alert> => ({ status: "resolved", resolvedAtMs: at(seconds) });
const silenced: Partial<Alert> = { hold: { kind: "silenced", by: "s", untilMs: at(9_999), text: "silenced" } };
const inhibited: Partial<Alert> = { hold: { kind: "inhibited", by: "x", text: "inhibited" } };
const taken: Partial<Alert> = { acknowledged: { by: "kim", atMs: at(60), untilMs: at(14_460) } };
const remind = (reason: NonNullable<Alert["reminder"]>["reason"], seconds: number): Partial<Alert> => ({
  reminder: { reason, atMs: at(seconds) },
});

/** The group, what Slack was told of it before, and what Slack hears next: why, at which second. */
const table: [what: string, group: Alert[], log: ChannelLog | undefined, want: string | null][] = [
  ["a new alert waits for company", [alert("a")], undefined, "first at 10"],
  [
    "company that comes later does not make it wait longer",
    [alert("a"), alert("b", "warning", { severitySinceMs: at(9) })],
    undefined,
    "first at 10",
  ],
  ["a pending alert is no news", [alert("a", "critical", { status: "pending" })], undefined, null],
  ["an info goes to the log alone", [alert("a", "info")], undefined, null],
  ["what is silenced is not told", [alert("a", "critical", silenced)], undefined, null],
  ["what is inhibited is not told", [alert("a", "warning", inhibited)], undefined, null],
  ["what began and ended within the wait was nothing", [alert("a", "critical", over(5))], undefined, null],
  ["a told critical alert is repeated after an hour", [alert("a", "critical", toldCritical)], heard, "repeat at 3610"],
  ["a told warning is repeated after twelve", [alert("a", "warning", toldWarning)], heard, "repeat at 43210"],
  ["nothing is repeated once somebody has it", [alert("a", "critical", { ...toldCritical, ...taken })], heard, null],
  ["nor while it is silenced", [alert("a", "critical", { ...toldCritical, ...silenced })], heard, null],
  [
    "one of two that nobody has is repeated",
    [alert("a", "critical", { ...toldCritical, ...taken }), alert("b", "critical", toldCritical)],
    heard,
    "repeat at 3610",
  ],
  [
    "another of the same severity waits for the group interval",
    [alert("a", "critical", toldCritical), alert("b", "critical", { severitySinceMs: at(60) })],
    heard,
    "new-alerts at 310",
  ],
  [
    "a louder one waits for its company only",
    [alert("a", "warning", toldWarning), alert("b", "critical", { severitySinceMs: at(60) })],
    heard,
    "new-alerts at 70",
  ],
  [
    "a rise in severity is told at once",
    [alert("a", "critical", { ...toldWarning, severitySinceMs: at(60) })],
    heard,
    "severity-rise at 60",
  ],
  ["a fall in severity is no news", [alert("a", "warning", toldCritical)], heard, "repeat at 43210"],
  [
    "a count that grew waits for the group interval",
    [alert("a", "critical", { ...toldCritical, ...remind("count-rise", 60) })],
    heard,
    "count-rise at 310",
  ],
  ["a new error does too", [alert("a", "critical", { ...toldCritical, ...remind("new-error", 60) })], heard, "new-error at 310"],
  ["growth before the first message is in it", [alert("a", "critical", remind("count-rise", 5))], undefined, "first at 10"],
  [
    "an escalation does not wait",
    [alert("a", "critical", { ...toldCritical, ...remind("escalation", 910) })],
    heard,
    "escalation at 910",
  ],
  [
    "an acknowledgement that ran out neither",
    [alert("a", "critical", { ...toldCritical, ...remind("acknowledgement-expired", 900) })],
    heard,
    "acknowledgement-expired at 900",
  ],
  ["a silence that ended neither", [alert("a", "critical", remind("silence-ended", 600))], undefined, "silence-ended at 600"],
  ["the end waits, in case it comes back", [alert("a", "critical", { ...toldCritical, ...over(100) })], heard, "resolved at 110"],
  [
    "the end of one that flaps waits for quiet",
    [alert("flaps", "critical", { ...toldCritical, ...over(100) })],
    heard,
    "resolved at 700",
  ],
  [
    "the end of one of two is no end",
    [alert("a", "critical", { ...toldCritical, ...over(100) }), alert("b", "critical", toldCritical)],
    heard,
    "repeat at 3610",
  ],
  [
    "what ends under a silence is closed where it was told",
    [alert("a", "critical", { ...toldCritical, ...silenced, ...over(100) })],
    heard,
    "resolved at 110",
  ],
  [
    "an info that goes on holds no end back",
    [alert("a", "critical", { ...toldCritical, ...over(100) }), alert("b", "info")],
    heard,
    "resolved at 110",
  ],
  [
    "a silenced one that was never told holds no end back",
    [alert("a", "critical", { ...toldCritical, ...over(100) }), alert("b", "critical", silenced)],
    heard,
    "resolved at 110",
  ],
];

const context: DueContext = { settings: defaultSettings, isFlapping: (id) => id === "flaps" };

describe("what a target hears next", () => {
  it.each(table)("%s", (_, group, log, want) => {
    const due = nextDue("slack", group, log, context);
    expect(due && `${due.reason} at ${(due.atMs - T0_MS) / 1000}`).toBe(want);
  });
});

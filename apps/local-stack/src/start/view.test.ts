import { describe, expect, it } from "vitest";
import { addressesOf } from "../stack/addresses.ts";
import { portsFrom } from "../stack/ports.ts";
import { paintFor, viewLine, viewLines, type Snapshot } from "./view.ts";

const SNAPSHOT: Snapshot = {
  nowMs: Date.UTC(2026, 10, 24, 3, 15),
  speed: 30,
  addresses: addressesOf(portsFrom(8787)),
  hasDashboard: true,
  traffic: { sent: 200, underWay: 1, byStatus: { "200": 189, "500": 10 }, unanswered: [], heldBack: 0 },
  perSecond: 8.04,
  ticks: { ok: 3, failed: 0, skipped: 0, lastMs: Date.UTC(2026, 10, 24, 3, 14), lastFailure: undefined },
  slos: {
    minute: 1,
    slos: [
      {
        name: "api-availability",
        state: "firing",
        target: "99.9%",
        sentence: "",
        budgetLeftRatio: 0.914,
        good: 1,
        total: 1,
        firingRules: [],
      },
      {
        name: "queue-success",
        state: "no-data",
        target: "99%",
        sentence: "",
        budgetLeftRatio: Number.NaN,
        good: 0,
        total: 0,
        firingRules: [],
      },
    ],
  },
  alerts: [
    {
      name: "slo:api-availability:page-fast",
      severity: "critical",
      summary: "api-availability burns 44× its error budget",
      isFiring: true,
      startsAtMs: Date.UTC(2026, 10, 24, 3, 12),
    },
  ],
  messages: 3,
  logDir: ".monotask/logs",
  trouble: undefined,
};
const plain = paintFor(false);

describe("the terminal view", () => {
  it("says where everything is, how the SLOs stand and what was alerted last", () => {
    expect(viewLines(SNAPSHOT, plain).join("\n")).toMatchInlineSnapshot(`
      "MonoTask Monitoring on this machine   2026-11-24 03:15:00 UTC (30× real time)

        Demo API       http://127.0.0.1:8787   8.0 req/s, 200 sent, 5.0 % failed
        Dashboard      http://127.0.0.1:8789
        Evaluator      http://127.0.0.1:8788   tick 03:14, 3 ok, 0 failed
        Inbox          http://127.0.0.1:8791   3 messages
        Analytics SQL  http://127.0.0.1:8790   token local-analytics-token

        SLO                                target             left  state
        api-availability                   99.9%            91.4 %  ✗ firing
        queue-success                      99%                   -  ? no-data

        Last alert: critical, since 03:12: api-availability burns 44× its error budget

      Break it:  curl -X POST http://127.0.0.1:8787/__faults -d '{"errorRate":0.3}'
      Mend it:   curl -X DELETE http://127.0.0.1:8787/__faults
      Logs in .monotask/logs. Ctrl-C ends everything."
    `);
  });

  it("fits 80 columns", () => {
    for (const line of viewLines(SNAPSHOT, plain)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("says what is missing before the first tick", () => {
    const early = viewLines({ ...SNAPSHOT, slos: undefined, alerts: [], ticks: undefined }, plain).join("\n");
    expect(early).toContain("SLOs appear after the first tick.");
    expect(early).toContain("No alert so far.");
  });

  it("says which part does not answer", () => {
    expect(viewLines({ ...SNAPSHOT, trouble: "not answering: the evaluator" }, plain).join("\n")).toContain(
      "! not answering: the evaluator",
    );
  });

  it("is one line where nobody watches a screen", () => {
    expect(viewLine(SNAPSHOT)).toBe("2026-11-24T03:15:00.000Z 8.0 req/s, 0 of 2 SLOs ok, 1 alert firing, 3 messages");
  });

  it("is coloured only where a state is meant", () => {
    const coloured = viewLines(SNAPSHOT, paintFor(true)).filter((line) => line.includes("\u001b[31m"));
    expect(coloured.map((line) => line.includes("api-availability"))).toEqual([true, true]);
  });
});

import { describe, expect, it } from "vitest";
import { createLogpushCounter } from "../index.ts";
import { sloOf, START } from "../test/fixtures.ts";

const slo = sloOf(["indicator: { kind: request, filter: { worker: demo }, good: availability }", 'target: "99%"']);
const fast = { ...sloOf(["indicator: { kind: request, filter: { worker: demo } }", "percentile: { p95: 200ms }"]), name: "fast" };

function line(fields: Record<string, unknown> = {}, status = 200): string {
  return JSON.stringify({
    EventType: "fetch",
    EventTimestampMs: START * 60_000 + 5,
    ScriptName: "demo",
    Outcome: "ok",
    WallTimeMs: 12,
    Event: { Request: { URL: "https://api.test/api/tasks/42", Method: "GET" }, Response: { Status: status } },
    ...fields,
  });
}

describe("Logpush lines", () => {
  it("are counted as requests are: 5xx, exceptions and kills are bad, 4xx and clients that left are good", () => {
    const counter = createLogpushCounter([slo, fast]);
    const lines = [
      line(),
      line({}, 404),
      line({}, 503),
      line({ Outcome: "exception" }, 200),
      line({ Outcome: "exceededCpu" }, 503),
      line({ Outcome: "canceled" }, 200),
      line({ WallTimeMs: 200 }),
      line({ ScriptName: "other" }, 500),
    ];
    for (const each of lines) counter.add(each);
    expect(counter.slices().map(({ sloName, good, total }) => [sloName, good, total])).toEqual([
      ["api", 4, 7],
      ["fast", 5, 6],
    ]);
  });

  it("are read in whole where a key stands in a log message too", () => {
    const counter = createLogpushCounter([slo]);
    counter.add(line({ Logs: [{ Level: "log", Message: ["a"], Status: 500 }] }));
    expect(counter.slices()).toMatchObject([{ good: 1, total: 1 }]);
  });

  it("that are no requests, or no JSON, are counted apart and break nothing", () => {
    const counter = createLogpushCounter([slo]);
    for (const each of ["", "{", line({ EventType: "queue" }), line().slice(0, 60)]) counter.add(each);
    expect([counter.requests, counter.others]).toEqual([0, 3]);
  });
});

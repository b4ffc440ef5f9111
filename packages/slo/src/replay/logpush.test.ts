import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogpushCounter } from "../index.ts";
import type { LogpushCounter, Slice, Slo } from "../index.ts";
import { sloOf, START } from "../test/fixtures.ts";

const slo = sloOf(["indicator: { kind: request, filter: { worker: demo }, good: availability }", 'target: "99%"']);
const fast = { ...sloOf(["indicator: { kind: request, filter: { worker: demo } }", "percentile: { p95: 200ms }"]), name: "fast" };

/** A counter that has never seen a line before, for each line: each is parsed in whole. */
function slowCounter(slos: readonly Slo[]): Pick<LogpushCounter, "add" | "slices" | "requests" | "others"> {
  const counters: LogpushCounter[] = [];
  const sum = (of: (counter: LogpushCounter) => number): number => counters.reduce((total, counter) => total + of(counter), 0);
  return {
    add(text) {
      const counter = createLogpushCounter(slos);
      counter.add(text);
      counters.push(counter);
    },
    get requests() {
      return sum((counter) => counter.requests);
    },
    get others() {
      return sum((counter) => counter.others);
    },
    slices() {
      const slices = new Map<string, Slice>();
      for (const slice of counters.flatMap((counter) => counter.slices())) {
        const key = `${slice.minute} ${slice.sloName}`;
        const known = slices.get(key);
        slices.set(
          key,
          known === undefined ? slice : { ...slice, good: slice.good + known.good, total: slice.total + known.total },
        );
      }
      return [...slices.values()].sort((a, b) => a.minute - b.minute || (a.sloName < b.sloName ? -1 : 1));
    },
  };
}

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

  it("in pieces cut anywhere are counted as they are one by one, whatever stands in them", () => {
    const anyText = fc.oneof(fc.string(), fc.constantFrom("ok", "demo", "GET", "é", 'a","Outcome":"exception', "\\", "\n"));
    const anyLine = fc
      .record({
        worker: fc.oneof({ weight: 4, arbitrary: fc.constant("demo") }, { weight: 1, arbitrary: anyText }),
        outcome: fc.oneof(fc.constantFrom("ok", "exception", "exceededCpu", "canceled"), anyText),
        status: fc.oneof(fc.constantFrom(200, 404, 503), fc.nat(2_000), fc.constant(null), fc.double({ noNaN: true })),
        url: fc.oneof(fc.constantFrom("https://api.test/api/tasks/42", "https://api.test/a b", "no address"), anyText),
        wallMs: fc.oneof(fc.nat(400), fc.double({ noNaN: true })),
        minute: fc.nat(3),
        extra: fc.constantFrom({}, { Logs: [] }, { Logs: [{ Message: ["x"], Status: 500 }] }, { EventType: "queue" }, { Cpu: 1 }),
      })
      .map(({ worker, outcome, status, url, wallMs, minute, extra }) =>
        line({
          ...extra,
          EventTimestampMs: (START + minute) * 60_000 + 7,
          ScriptName: worker,
          Outcome: outcome,
          WallTimeMs: wallMs,
          Event: { Request: { URL: url, Method: "GET" }, ...(status === null ? {} : { Response: { Status: status } }) },
        }),
      );
    const slos = [
      slo,
      fast,
      { ...slo, name: "routed", indicator: { ...slo.indicator, filter: { endpoint: ["/api/tasks/:id"] } } },
    ];
    const law = fc.property(
      fc.array(fc.oneof(anyLine, fc.constantFrom("", "{", "[]"))),
      fc.constantFrom("\n", "\r\n"),
      // Down to single bytes: inside characters of several bytes, escapes and line breaks.
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 9 }),
      (lines, lineBreak, cuts) => {
        const [whole, pieces] = [slowCounter(slos), createLogpushCounter(slos)];
        for (const each of lines) whole.add(each);
        const bytes = Buffer.from(lines.join(lineBreak));
        // One buffer that is filled anew, as readers do that save memory.
        const buffer = Buffer.alloc(300);
        for (let [at, turn] = [0, 0]; at < bytes.length; turn += 1) {
          const length = bytes.copy(buffer, 0, at, at + (cuts[turn % cuts.length] ?? 1));
          pieces.addBytes(buffer.subarray(0, length));
          at += length;
        }
        pieces.end();
        expect([pieces.requests, pieces.others]).toEqual([whole.requests, whole.others]);
        expect(pieces.slices()).toEqual(whole.slices());
      },
    );
    fc.assert(law, { numRuns: 400, seed: 11 });
  });

  it("that are no requests, or no JSON, are counted apart and break nothing", () => {
    const counter = createLogpushCounter([slo]);
    for (const each of ["", "{", line({ EventType: "queue" }), line().slice(0, 60)]) counter.add(each);
    expect([counter.requests, counter.others]).toEqual([0, 3]);
    expect(counter.malformed).toEqual({ lines: 2, firstLine: 2 });
  });

  it("that end within a text do not swallow the line after them", () => {
    const counter = createLogpushCounter([slo]);
    // Cut where the next line's first quote would close the text.
    const cut = line().slice(0, line().indexOf("ok") + 1);
    counter.addBytes(Buffer.from([line(), cut, line({}, 503), line()].join("\n")));
    counter.end();
    expect(counter.slices()).toMatchObject([{ good: 2, total: 3 }]);
    expect(counter.malformed).toEqual({ lines: 1, firstLine: 2 });
  });

  it("written with spaces and CR LF are counted as those without", () => {
    const counter = createLogpushCounter([slo]);
    const spaced = (status: number): string =>
      JSON.stringify(JSON.parse(line({}, status)) as object, undefined, 1).replaceAll("\n", "") + "\r";
    for (const status of [200, 503, 404]) counter.add(spaced(status));
    expect(counter.slices()).toMatchObject([{ good: 2, total: 3 }]);
  });
});

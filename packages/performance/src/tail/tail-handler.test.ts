import { columnOf } from "@monotask/telemetry";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { seededRandom } from "@monotask/analytics-engine-local";
import { createTailHandler, invocationFields } from "../index.ts";

interface Point {
  readonly blobs: string[];
  readonly doubles: number[];
}

/** What a tail handler writes of some items, by field. */
function written(items: readonly unknown[], fields: readonly string[], rate = "1", draw = 0): unknown[][] {
  const points: Point[] = [];
  const env = { METRICS_SAMPLING_RATE: rate, ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) } };
  createTailHandler({ workerName: "evaluator", random: () => draw })(items, env);
  return points.map(({ blobs, doubles }) =>
    fields.map((field) => {
      const column = columnOf("invocation", field);
      return column?.type === "blob" ? blobs[column.position - 1] : doubles[(column?.position ?? 0) - 1];
    }),
  );
}

const base = { scriptName: "api", outcome: "ok", cpuTime: 3, wallTime: 40, logs: [], exceptions: [], event: null };
const fetched = {
  request: { url: "https://api.test/api/tasks/42?token=x", method: "GET", headers: { "cf-ray": "ray-1" } },
  response: { status: 200 },
};

describe("a tail handler", () => {
  it("writes CPU and wall time, outcome and where it was", () => {
    const item = { ...base, event: fetched, scriptVersion: { id: "v7" } };
    const fields = ["workerName", "version", "requestId", "endpoint", "method", "statusCode", "eventType", "outcome"];
    expect(written([item], [...fields, "durationMs", "cpuMs"])).toEqual([
      ["api", "v7", "ray-1", "/api/tasks/:id", "GET", "200", "fetch", "ok", 40, 3],
    ]);
  });

  it.each([
    ["queue", { queue: "jobs", batchSize: 3 }, "jobs"],
    ["scheduled", { cron: "* * * * *", scheduledTime: 1 }, "* * * * *"],
    ["alarm", { scheduledTime: new Date(0) }, ""],
    ["rpc", { rpcMethod: "greet" }, "greet"],
    ["email", { mailFrom: "a@example.com", rcptTo: "b@example.com" }, ""],
    ["tail", { consumedEvents: [] }, ""],
    ["other", null, ""],
  ])("knows a %s event", (eventType, event, endpoint) => {
    expect(written([{ ...base, event }], ["eventType", "endpoint"])).toEqual([[eventType, endpoint]]);
  });

  it.each(["exception", "exceededCpu", "exceededMemory", "somethingNew"])("always keeps %s", (outcome) => {
    expect(written([{ ...base, outcome }], ["outcome", "sampleWeight"], "0.01", 0.99)).toEqual([[outcome, 1]]);
  });

  it.each(["ok", "canceled"])("samples %s like a request", (outcome) => {
    expect(written([{ ...base, outcome }], ["outcome"], "0.1", 0.1)).toEqual([]);
    expect(written([{ ...base, outcome }], ["outcome", "sampleWeight"], "0.1", 0.09)).toEqual([[outcome, 10]]);
  });

  it("tells exceptions by their fingerprint, the same for two builds, and logs by level", () => {
    const exception = (column: number): object => ({
      name: "TypeError",
      message: "x is not a function",
      stack: `TypeError: x is not a function\n    at loadTask (worker.js:1:${column})`,
    });
    const logs = ["log", "warn", "error", "error"].map((level) => ({ level, message: [] }));
    const items = [7, 900].map((column) => ({ ...base, outcome: "exception", exceptions: [exception(column)], logs }));
    const [one, two] = written(items, [
      "errorName",
      "exceptionCount",
      "infoLogCount",
      "warnLogCount",
      "errorLogCount",
      "fingerprint",
    ]);
    expect(one?.slice(0, 5)).toEqual(["TypeError", 1, 1, 1, 2]);
    expect(one?.[5]).toMatch(/^[0-9a-f]{16}$/);
    expect(one?.[5]).toBe(two?.[5]);
  });

  it.each(["/u/REDACTED", "/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/u/a-REDACTED.pdf"])(
    "names the route of %s as the request's own point does: the platform redacts long ids",
    (path) => {
      const event = { ...fetched, request: { ...fetched.request, url: `https://api.test${path}` } };
      expect(written([{ ...base, event }], ["endpoint"])).toEqual([["/u/:id"]]);
    },
  );

  it("bounds the routes of each worker apart", () => {
    const at = (scriptName: string, path: string): object => ({
      ...base,
      scriptName,
      event: { ...fetched, request: { ...fetched.request, url: `https://api.test${path}` } },
    });
    const flooded = Array.from({ length: 220 }, (_, n) => at("flooded", `/page-${n}-x`));
    const routes = flooded.flatMap((item) => written([item], ["endpoint"])).flat();
    expect(routes.filter((route) => route === "(other)")).toHaveLength(20);
    expect(written([at("calm", "/first")], ["endpoint"])).toEqual([["/first"]]);
  });

  it("counts all of more items than one invocation may write points for", () => {
    vi.spyOn(Math, "random").mockImplementation(seededRandom(4));
    const weights = written(
      Array.from({ length: 2_000 }, () => base),
      ["sampleWeight"],
    )
      .flat()
      .map(Number);
    const sigma = Math.sqrt(weights.reduce((sum, weight) => sum + weight * (weight - 1), 0));
    expect(weights.length).toBeLessThanOrEqual(225);
    expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 2_000)).toBeLessThan(3 * sigma);
    vi.restoreAllMocks();
  });

  it("writes no secret that is part of an error's name", () => {
    const exceptions = [{ name: "Error for bob@example.com", message: "x" }];
    expect(written([{ ...base, exceptions }], ["errorName"])).toEqual([["Error for [email]"]]);
  });

  it("leaves out its own invocations", () => {
    expect(written([{ ...base, scriptName: "evaluator" }], ["workerName"])).toEqual([]);
  });

  it("takes a null script name, as under wrangler, for its own name's worker", () => {
    expect(written([{ ...base, scriptName: null }], ["workerName"])).toEqual([["evaluator"]]);
  });

  it("survives whatever it is told", () => {
    fc.assert(
      fc.property(fc.anything(), (item) => {
        expect(() => invocationFields(item)).not.toThrow();
      }),
      { seed: 1 },
    );
  });
});

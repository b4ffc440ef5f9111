import { describe, expect, it } from "vitest";
import { createPerformanceTracker } from "../performance-tracker.ts";
import { Scope } from "../scope/scope.ts";
import { recordRequest } from "../request/record-request.ts";
import { slowRulesOf } from "../request/slow.ts";
import { worldOf } from "../world/world.ts";
import { bridgeToSpan } from "./bridge.ts";

/** The platform's tracing, by what it is documented to offer; it remembers what was asked of it. */
function platform(isTraced = true) {
  const attributes: Record<string, unknown> = {};
  const spans: string[] = [];
  const span = { isTraced, setAttribute: (name: string, value: unknown) => void (attributes[name] = value) };
  const tracing = {
    getActiveSpan: () => span,
    startActiveSpan<T>(name: string, call: (inner: typeof span) => T): T {
      spans.push(name);
      return call(span);
    },
  };
  return { ctx: { tracing, waitUntil: () => undefined }, attributes, spans };
}

const env = { METRICS_SAMPLING_RATE: "1", ANALYTICS: { writeDataPoint: () => undefined } };
const request = (): Request => new Request("https://api.test/api/tasks/7", { headers: { "cf-ray": "ray-1" } });

describe("where the platform traces", () => {
  it("what is known of a request is put onto its own span, and none is built", () => {
    const { ctx, attributes, spans } = platform();
    const incoming = request();
    recordRequest(new Scope(worldOf(env, "traced"), incoming, ctx), incoming, 200, { slow: slowRulesOf(undefined) });
    expect(attributes).toEqual({
      "monotask.requestId": "ray-1",
      "monotask.endpoint": "/api/tasks/:id",
      "monotask.kept": "sampled",
      "monotask.outcome": "ok",
      "monotask.dbQueryCount": 0,
      "monotask.dbQueryTimeMs": 0,
      "monotask.externalCallCount": 0,
      "monotask.kvReads": 0,
    });
    expect(spans).toEqual([]);
  });

  it("a request that is not traced gets no attributes", () => {
    const { ctx, attributes } = platform(false);
    bridgeToSpan(ctx, { endpoint: "/" });
    expect(attributes).toEqual({});
  });

  it("work that is wrapped by hand has a span of its name, which the platform makes", async () => {
    const { ctx, spans } = platform();
    const scope = new Scope(worldOf(env, "wrapped"), undefined, ctx);
    const { trackerOf } = await import("../performance-tracker.ts");
    const tracker = trackerOf(scope, {});
    expect(await tracker.wrapDbQuery(async () => "rows")).toBe("rows");
    expect(await tracker.wrapExternalApi(async () => "answer")).toBe("answer");
    expect(spans).toEqual(["database query", "external call"]);
  });

  it.each([
    ["no tracing", {}],
    ["no active span", { tracing: { getActiveSpan: () => undefined } }],
    ["a span that refuses", { tracing: { getActiveSpan: () => ({ isTraced: true, setAttribute: () => { throw new Error("no"); } }) } }], // prettier-ignore
    ["tracing that throws", { tracing: { getActiveSpan: () => { throw new Error("no"); } } }], // prettier-ignore
    ["no context", undefined],
  ])("%s changes nothing", (_what, ctx) => {
    expect(() => bridgeToSpan(ctx, { endpoint: "/" })).not.toThrow();
  });

  it("a tracker without a platform's context works as ever", async () => {
    const tracker = createPerformanceTracker(env, "plain");
    expect(await tracker.wrapDbQuery(async () => 1)).toBe(1);
  });
});

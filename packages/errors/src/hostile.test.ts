import fc from "fast-check";
import { byteLength } from "@monotask/telemetry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hostileValues } from "../test/hostile-values.ts";
import { createErrorAlerter } from "./index.ts";

const MAX_BYTES = 16_384;

interface Point {
  readonly blobs: string[];
}

function world(): { env: object; points: Point[]; lines: string[] } {
  const points: Point[] = [];
  const lines: string[] = [];
  for (const method of ["log", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
  const manager = { raise: () => Promise.resolve({ accepted: 1, duplicate: false }) };
  const env = {
    ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) },
    ALERT_MANAGER: { getByName: () => manager },
  };
  return { env, points, lines };
}

beforeEach(() => {
  vi.restoreAllMocks();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("whatever is thrown", () => {
  it("is tried with more than a hundred values", () => {
    expect(hostileValues.length).toBeGreaterThanOrEqual(100);
    expect(new Set(hostileValues.map(([name]) => name)).size).toBe(hostileValues.length);
  });

  it.each(hostileValues)("%s is captured once: one point, one line, at most 16 KB each", async (name, make) => {
    const { env, points, lines } = world();
    // A worker of its own: the points of a flood are thinned and weighted.
    const alerter = createErrorAlerter(env, name);
    const request = new Request("https://api.test/api/tasks/42?token=abc", { headers: { authorization: "Bearer abc" } });
    const described = alerter.createErrorContext(make(), request, { userId: "user_123" });
    await alerter.sendAlert(described);
    expect(byteLength(JSON.stringify(described))).toBeLessThanOrEqual(MAX_BYTES);
    expect(described.name).not.toBe("");
    expect(described.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(described.request?.route).toBe("/api/tasks/:id");
    expect(points).toHaveLength(1);
    expect(points[0]?.blobs.reduce((sum, blob) => sum + byteLength(blob), 0)).toBeLessThanOrEqual(MAX_BYTES);
    expect(lines).toHaveLength(1);
    expect(lines.every((line) => byteLength(line) <= MAX_BYTES)).toBe(true);
  });

  it.each(hostileValues)("%s is captured as context, user and breadcrumb too", (_, make) => {
    const alerter = createErrorAlerter({}, "hostile");
    const hostile = make();
    const details = { user: hostile, hostile, list: [hostile] };
    const described = alerter.createErrorContext(new Error("plain"), undefined, details);
    expect(byteLength(JSON.stringify(described))).toBeLessThanOrEqual(MAX_BYTES);
    expect(described).toMatchObject({ name: "Error", message: "plain" });
  });

  it("never makes the alerter throw or grow, in any combination", () => {
    const alerter = createErrorAlerter({}, "fuzz");
    const field = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
      fc.string({ unit: "binary" }),
    );
    const thrown = fc.oneof(
      field,
      fc
        .record(
          { name: field, message: field, stack: field, code: field, status: field, cause: field, errors: fc.array(field) },
          { requiredKeys: [] },
        )
        .map((fields) => Object.assign(new Error("x"), fields)),
    );
    fc.assert(
      fc.property(thrown, fc.dictionary(fc.string(), field), (value, details) => {
        const described = alerter.createErrorContext(value, undefined, details);
        expect(byteLength(JSON.stringify(described))).toBeLessThanOrEqual(MAX_BYTES);
      }),
      { seed: 20_261_124, numRuns: 500 },
    );
  });
});

describe("the work for one error", () => {
  /** A value that counts how often anything is read from it or from what it gives. */
  function counted(value: object, reads: { count: number }): object {
    return new Proxy(value, {
      get(target, name) {
        reads.count += 1;
        const found: unknown = Reflect.get(target, name);
        return typeof found === "object" && found !== null ? counted(found, reads) : found;
      },
    });
  }

  it.each([5, 50, 5_000])("does not grow with the members of an aggregate: %d", (members) => {
    const reads = { count: 0 };
    const aggregate = new AggregateError(Array.from({ length: members }, (_, at) => new Error(`member ${at}`)));
    createErrorAlerter({}, "bounded").createErrorContext(counted(aggregate, reads));
    expect(reads.count).toBeLessThan(400);
  });

  it("does not grow with the length of a chain", () => {
    const reads = { count: 0 };
    let error = new Error("root");
    for (let depth = 0; depth < 1_000; depth += 1) error = new Error("outer", { cause: error });
    createErrorAlerter({}, "bounded").createErrorContext(counted(error, reads));
    expect(reads.count).toBeLessThan(400);
  });
});

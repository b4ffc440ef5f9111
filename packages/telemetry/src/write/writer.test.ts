import { describe, expect, test, vi } from "vitest";
import fc from "fast-check";
import type { DataPoint } from "./encode.ts";
import { seededRandom } from "@monotask/analytics-engine-local";
import { createFloodLimit } from "./flood.ts";
import { createWriter, datasetOf } from "./writer.ts";
import type { Dataset, Writer } from "./writer.ts";

const identity = { workerName: "api", version: "v1", environment: "production", team: "platform" };

function recording(): { points: DataPoint[]; dataset: Dataset } {
  const points: DataPoint[] = [];
  return { points, dataset: { writeDataPoint: (point) => void points.push(point) } };
}

/** A binding with the given behaviour, and the writer on it. */
function writerOn(writeDataPoint: Dataset["writeDataPoint"]): { writer: Writer; kept: Promise<unknown>[] } {
  const kept: Promise<unknown>[] = [];
  return { kept, writer: createWriter({ dataset: { writeDataPoint }, identity, keepAlive: (work) => void kept.push(work) }) };
}

describe("a writer", () => {
  test("gives every point the worker's identity", () => {
    const { points, dataset } = recording();
    createWriter({ dataset, identity }).write("request", { endpoint: "/x" });
    expect(points[0]?.blobs.slice(1, 3)).toEqual(["api", "/x"]);
    expect(points[0]?.blobs.slice(7, 10)).toEqual(["v1", "production", "platform"]);
  });

  test("drops and counts points where no binding is", () => {
    const writer = createWriter({ dataset: undefined, identity });
    writer.write("request", {});
    writer.write("error", {});
    expect(writer.dropped).toEqual({ "no-binding": 2, "invocation-limit": 0, rejected: 0 });
  });

  test("survives a binding that throws, and counts", () => {
    const { writer } = writerOn(() => {
      throw new TypeError("Maximum number of data points reached");
    });
    expect(() => {
      writer.write("request", {});
    }).not.toThrow();
    expect(writer.dropped.rejected).toBe(1);
  });

  test("survives a binding that rejects: what it keeps alive resolves, and the point is counted", async () => {
    const { writer, kept } = writerOn(() => Promise.reject(new Error("gone")));
    writer.write("request", {});
    expect(kept).toHaveLength(1);
    await expect(Promise.all(kept)).resolves.toBeDefined();
    expect(writer.dropped.rejected).toBe(1);
  });

  test("survives a rejection where nobody keeps promises alive", async () => {
    const writer = createWriter({ dataset: { writeDataPoint: () => Promise.reject(new Error("gone")) }, identity });
    writer.write("request", {});
    await Promise.resolve();
    await Promise.resolve();
    expect(writer.dropped.rejected).toBe(1);
  });

  test("does not wait for a binding that hangs", () => {
    const { writer, kept } = writerOn(() => new Promise(() => undefined));
    writer.write("request", {});
    expect(kept).toHaveLength(1);
    expect(writer.dropped).toEqual({ "no-binding": 0, "invocation-limit": 0, rejected: 0 });
  });

  test("survives a binding whose answer throws on being looked at", () => {
    const hostile = new Proxy({}, { get: () => { throw new Error("no"); } }); // prettier-ignore
    const { writer } = writerOn(() => hostile);
    expect(() => {
      writer.write("request", {});
    }).not.toThrow();
  });

  test("survives a waitUntil that throws because the invocation is over", () => {
    const writer = createWriter({
      dataset: { writeDataPoint: () => Promise.resolve() },
      identity,
      keepAlive: () => {
        throw new Error("invocation is over");
      },
    });
    expect(() => {
      writer.write("request", {});
    }).not.toThrow();
  });

  test("keeps nothing alive where the binding answers with nothing, as in production", () => {
    const { writer, kept } = writerOn(() => undefined);
    writer.write("request", {});
    expect(kept).toEqual([]);
  });

  test("never throws, whatever the fields hold", () => {
    const { dataset } = recording();
    fc.assert(
      fc.property(fc.anything(), (fields) => {
        // The compiler would refuse these; JavaScript callers are not stopped by it.
        createWriter({ dataset, identity }).write("request", fields as never);
      }),
    );
    const throwing = { get endpoint(): string { throw new Error("no"); } }; // prettier-ignore
    const writer = createWriter({ dataset, identity });
    writer.write("request", throwing);
    expect(writer.dropped.rejected).toBe(1);
  });
});

describe("a flood of errors", () => {
  test("is thinned with its weight, so that the sum still tells how many there were", () => {
    const { points, dataset } = recording();
    const random = seededRandom(7);
    const flood = createFloodLimit(() => 0, random);
    for (let i = 0; i < 5_000; i += 1) createWriter({ dataset, identity, flood }).write("error", {});
    const weights = points.map(({ doubles }) => doubles[4] ?? 0);
    const variance = weights.reduce((sum, weight) => sum + weight * (weight - 1), 0);
    expect(points.length).toBeLessThan(200);
    expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 5_000)).toBeLessThan(3 * Math.sqrt(variance));
  });

  test("does not eat the points of an invocation that goes on for minutes", () => {
    const { points, dataset } = recording();
    let nowMs = 0;
    const flood = createFloodLimit(() => nowMs, seededRandom(8));
    const writer = createWriter({ dataset, identity, flood });
    for (let i = 0; i < 9_000; i += 1, nowMs += 100) writer.write("error", {});
    writer.write("request", {});
    const weights = points.map(({ doubles }) => doubles[4] ?? 0);
    const variance = weights.reduce((sum, weight) => sum + weight * (weight - 1), 0);
    expect(writer.dropped["invocation-limit"]).toBe(0);
    expect(points.at(-1)?.blobs[5]).toBe("request");
    expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 9_001)).toBeLessThan(3 * Math.sqrt(variance));
  });

  test("leaves every other kind alone", () => {
    const { points, dataset } = recording();
    const flood = { next: (): undefined => undefined };
    createWriter({ dataset, identity, flood }).write("custom", { value: 1 });
    expect(points).toHaveLength(1);
  });
});

describe("the budget of an invocation", () => {
  function writeMany(writer: Writer, kind: "gauge" | "request" | "error", times: number): void {
    for (let i = 0; i < times; i += 1) writer.write(kind, {});
  }

  test("is 250 points", () => {
    const { points, dataset } = recording();
    const writer = createWriter({ dataset, identity });
    writeMany(writer, "request", 300);
    expect(points).toHaveLength(250);
    expect(writer.dropped["invocation-limit"]).toBe(50);
  });

  test("keeps room for the error and the request that are written last", () => {
    const { points, dataset } = recording();
    const writer = createWriter({ dataset, identity });
    writeMany(writer, "gauge", 1_000);
    expect(points).toHaveLength(225);
    writer.write("error", {});
    writer.write("request", {});
    expect(points.slice(-2).map(({ blobs }) => blobs[5])).toEqual(["error", "request"]);
  });

  test.each(["custom", "external", "invocation"] as const)(
    "holds any number of %s points, thinned with their weights",
    (kind) => {
      const random = vi.spyOn(Math, "random").mockImplementation(seededRandom(9));
      const { points, dataset } = recording();
      const writer = createWriter({ dataset, identity });
      for (let i = 0; i < 5_000; i += 1) writer.write(kind, { sampleWeight: 2 });
      random.mockRestore();
      const weights = points.map(({ doubles }) => doubles[4] ?? 0);
      const sigma = Math.sqrt(weights.reduce((sum, weight) => sum + weight * (weight - 2), 0));
      expect(weights.slice(0, 150).every((weight) => weight === 2)).toBe(true);
      expect(writer.dropped["invocation-limit"]).toBe(0);
      expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 10_000)).toBeLessThan(3 * sigma);
    },
  );

  test("is new for each writer", () => {
    const { points, dataset } = recording();
    writeMany(createWriter({ dataset, identity }), "request", 250);
    writeMany(createWriter({ dataset, identity }), "request", 1);
    expect(points).toHaveLength(251);
  });
});

describe("datasetOf", () => {
  test("takes what has a writeDataPoint", () => {
    const { dataset } = recording();
    expect(datasetOf(dataset)).toBe(dataset);
  });

  test.each([undefined, null, "ANALYTICS", 7, {}, { writeDataPoint: "yes" }])("takes %j for no binding", (value) => {
    expect(datasetOf(value)).toBeUndefined();
  });

  test("takes what throws on being looked at for no binding", () => {
    const hostile = { get writeDataPoint(): never { throw new Error("no"); } }; // prettier-ignore
    expect(datasetOf(hostile)).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDataPoint, createDataset, type DataPoint, type PlainDataPoint } from "./dataset.ts";

const recording = (pointsPerInvocation?: number) => {
  const points: PlainDataPoint[] = [];
  const dataset = createDataset(
    (point) => void points.push(point),
    pointsPerInvocation === undefined ? {} : { pointsPerInvocation },
  );
  return { points, dataset };
};

describe("A point within the limits", () => {
  test("reaches the sink as it was written", () => {
    const { points, dataset } = recording();
    dataset.writeDataPoint({ indexes: ["i"], blobs: ["a", null], doubles: [1, -0.5] });
    expect(points).toEqual([{ indexes: ["i"], blobs: ["a", null], doubles: [1, -0.5] }]);
  });

  test("may be empty or missing", () => {
    const { points, dataset } = recording();
    dataset.writeDataPoint();
    dataset.writeDataPoint({});
    expect(points).toEqual([
      { indexes: [], blobs: [], doubles: [] },
      { indexes: [], blobs: [], doubles: [] },
    ]);
  });

  test("has its ArrayBuffers read as UTF-8", () => {
    const { points, dataset } = recording();
    dataset.writeDataPoint({ blobs: [new TextEncoder().encode("é").buffer] });
    expect(points[0]?.blobs).toEqual(["é"]);
  });

  test("is copied: what the caller does to it later does not matter", () => {
    const { points, dataset } = recording();
    const blobs = ["before"];
    dataset.writeDataPoint({ blobs });
    blobs[0] = "after";
    expect(points[0]?.blobs).toEqual(["before"]);
  });

  test.each<[string, DataPoint]>([
    ["an index of 96 bytes", { indexes: ["é".repeat(48)] }],
    ["20 blobs of 16 KB together", { blobs: [...Array.from({ length: 19 }, () => ""), "x".repeat(16_384)] }],
    ["20 doubles", { doubles: Array.from({ length: 20 }, (_, i) => i) }],
    ["NaN and Infinity", { doubles: [NaN, Infinity] }],
  ])("may have %s", (_, point) => {
    expect(checkDataPoint(point)).toEqual({ ok: true });
  });
});

describe("A point that breaks a limit throws a TypeError at once and never reaches the sink", () => {
  test.each<[string, unknown, string]>([
    ["two indexes", { indexes: ["a", "b"] }, "2 indexes"],
    ["an index of 97 bytes", { indexes: ["x".repeat(97)] }, "97 bytes"],
    ["an index of 49 characters and 98 bytes", { indexes: ["é".repeat(49)] }, "98 bytes"],
    ["an ArrayBuffer index of 97 bytes", { indexes: [new ArrayBuffer(97)] }, "97 bytes"],
    ["21 blobs", { blobs: Array.from({ length: 21 }, () => "") }, "21 blobs"],
    ["blobs of 16,385 bytes together", { blobs: ["x".repeat(16_000), new ArrayBuffer(385)] }, "16385 bytes"],
    ["21 doubles", { doubles: Array.from({ length: 21 }, () => 0) }, "21 doubles"],
    ["a number as blob", { blobs: ["a", 1] }, "blobs[1]"],
    ["a string as double", { doubles: ["1"] }, "doubles[0]"],
    ["null as double", { doubles: [null] }, "doubles[0]"],
    ["blobs that are no array", { blobs: "a" }, "blobs is a string"],
    ["indexes that are no array", { indexes: "a" }, "indexes is a string"],
    ["a string for a point", "point", "an object"],
    ["an array for a point", [], "an object"],
  ])("%s", (_, point, names) => {
    const { points, dataset } = recording();
    const write = (): void => dataset.writeDataPoint(point as DataPoint);
    expect(write).toThrow(TypeError);
    expect(write).toThrow(names);
    expect(points).toEqual([]);
    expect(checkDataPoint(point)).toMatchObject({ ok: false, error: { message: expect.stringContaining(names) as string } });
  });
});

describe("An invocation", () => {
  test("throws a plain Error at its 251st point", () => {
    const { points, dataset } = recording();
    for (let i = 0; i < 250; i += 1) dataset.writeDataPoint();
    expect(() => dataset.writeDataPoint()).toThrow("write limit exceeded");
    expect(() => dataset.writeDataPoint()).not.toThrow(TypeError);
    expect(points).toHaveLength(250);
  });

  test("counts points that were refused", () => {
    const { dataset } = recording(1);
    expect(() => dataset.writeDataPoint({ indexes: ["a", "b"] })).toThrow(TypeError);
    expect(() => dataset.writeDataPoint()).toThrow("write limit exceeded");
  });

  test("begins again with newInvocation()", () => {
    const { points, dataset } = recording(1);
    dataset.writeDataPoint();
    dataset.newInvocation();
    dataset.writeDataPoint();
    expect(points).toHaveLength(2);
  });
});

describe("A sink that answers later", () => {
  test("is waited for by settled()", async () => {
    const taken: PlainDataPoint[] = [];
    const dataset = createDataset(async (point) => {
      await Promise.resolve();
      taken.push(point);
    });
    dataset.writeDataPoint({ blobs: ["a"] });
    expect(taken).toEqual([]);
    await dataset.settled();
    expect(taken).toHaveLength(1);
  });

  test("tells its failure once, through settled() and not through the write", async () => {
    const dataset = createDataset(() => Promise.reject(new Error("no room")));
    dataset.writeDataPoint();
    await expect(dataset.settled()).rejects.toThrow("no room");
    await expect(dataset.settled()).resolves.toBeUndefined();
  });
});

test("whatever is written, the point is either taken or refused with a TypeError", () => {
  fc.assert(
    fc.property(fc.anything(), (point) => {
      const check = checkDataPoint(point);
      expect(check.ok || check.error instanceof TypeError).toBe(true);
    }),
    { seed: 1 },
  );
});

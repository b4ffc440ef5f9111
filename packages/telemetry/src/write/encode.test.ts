import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../limits.ts";
import { columnOf, fixedColumns, kindColumns, KINDS, SCHEMA_VERSION } from "../schema/schema.ts";
import type { Kind, PointFields } from "../schema/schema.ts";
import { byteLength } from "../text/bytes.ts";
import { encodePoint } from "./encode.ts";
import type { DataPoint } from "./encode.ts";

const MEGABYTE = 1_048_576;

const hostileText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0xd800, max: 0xdfff })).map((units) => String.fromCharCode(...units)),
  fc.tuple(fc.constantFrom("a", "é", "€", "😀", "\uD800"), fc.nat(30_000)).map(([unit, times]) => unit.repeat(times)),
);
const hostileNumber = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, Number.MAX_VALUE));

/** Fields of a kind, each with a hostile value of its type. */
function fieldsOf(kind: Kind): fc.Arbitrary<PointFields<Kind>> {
  const columns = Object.entries({ ...fixedColumns, ...kindColumns[kind] });
  const values = columns.map(([field, { type }]) => [field, type === "blob" ? hostileText : hostileNumber] as const);
  return fc.record(Object.fromEntries(values), { requiredKeys: [] });
}

const anyPoint = fc.constantFrom(...KINDS).chain((kind) => fc.tuple(fc.constant(kind), fieldsOf(kind)));

function expectWithinLimits(point: DataPoint): void {
  expect(point.indexes).toHaveLength(1);
  expect(byteLength(point.indexes[0])).toBeLessThanOrEqual(limits.indexBytes);
  expect(point.blobs.length).toBeLessThanOrEqual(limits.blobs);
  expect(point.doubles.length).toBeLessThanOrEqual(limits.doubles);
  expect(point.blobs.reduce((sum, blob) => sum + byteLength(blob), 0)).toBeLessThanOrEqual(limits.blobBytes);
  for (const number of point.doubles) expect(Number.isFinite(number)).toBe(true);
}

describe("encodePoint", () => {
  test("puts each field where the schema says", () => {
    const { blobs, doubles } = encodePoint("request", {
      requestId: "r1",
      workerName: "api",
      endpoint: "/api/tasks/:id",
      method: "GET",
      statusCode: "200",
      durationMs: 12.5,
      dbQueryCount: 3,
      outcome: "ok",
    });
    expect(blobs.slice(0, 5)).toEqual(["r1", "api", "/api/tasks/:id", "GET", "200"]);
    expect(blobs[5]).toBe("request");
    expect(blobs[6]).toBe(String(SCHEMA_VERSION));
    expect(blobs[10]).toBe("ok");
    expect(doubles[0]).toBe(12.5);
    expect(doubles[4]).toBe(1);
    expect(doubles[5]).toBe(3);
  });

  test("is within every limit and never throws, whatever the fields hold", () => {
    fc.assert(
      fc.property(anyPoint, ([kind, fields]) => {
        expectWithinLimits(encodePoint(kind, fields));
      }),
    );
  });

  test("keeps kind, schema version and a whole weight of at least 1, whatever the fields hold", () => {
    fc.assert(
      fc.property(anyPoint, ([kind, fields]) => {
        const { blobs, doubles } = encodePoint(kind, fields);
        expect(blobs[5]).toBe(kind);
        expect(blobs[6]).toBe(String(SCHEMA_VERSION));
        expect(Number.isInteger(doubles[4])).toBe(true);
        expect(doubles[4]).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test("writes well-formed text, also of unpaired surrogates", () => {
    fc.assert(
      fc.property(anyPoint, ([kind, fields]) => {
        for (const blob of encodePoint(kind, fields).blobs) expect(blob.isWellFormed()).toBe(true);
      }),
    );
  });

  test.each([
    ["exactly at", limits.blobBytes],
    ["one byte above", limits.blobBytes + 1],
    ["one byte below", limits.blobBytes - 1],
  ])("takes blobs %s 16,384 bytes", (_where, bytes) => {
    const own = byteLength("error") + 1;
    const point = encodePoint("error", { message: "m".repeat(bytes - own) });
    expectWithinLimits(point);
    expect(point.blobs.reduce((sum, blob) => sum + byteLength(blob), 0)).toBe(Math.min(bytes, limits.blobBytes));
  });

  test("cuts the stack before the message, and both before what says where the error was", () => {
    const point = encodePoint("error", {
      workerName: "api",
      endpoint: "/x",
      errorName: "TypeError",
      fingerprint: "f".repeat(16),
      message: "m".repeat(10_000),
      stack: "s".repeat(10_000),
    });
    expectWithinLimits(point);
    const at = (field: string): string => point.blobs[(columnOf("error", field)?.position ?? 0) - 1] ?? "";
    expect(at("message")).toHaveLength(10_000);
    expect(at("stack").length).toBeGreaterThan(6_000);
    expect(at("errorName")).toBe("TypeError");
    expect(at("fingerprint")).toBe("f".repeat(16));
    expect(point.blobs.slice(1, 3)).toEqual(["api", "/x"]);
  });

  test("keeps fixed columns although a message of 10 MB and a stack of 10 MB come with them", () => {
    const point = encodePoint("error", {
      requestId: "r1",
      workerName: "api",
      endpoint: "/x",
      method: "POST",
      statusCode: "500",
      message: "é".repeat(5 * MEGABYTE),
      stack: "😀".repeat(2 * MEGABYTE),
    });
    expectWithinLimits(point);
    expect(point.blobs.slice(0, 5)).toEqual(["r1", "api", "/x", "POST", "500"]);
  });

  test("keeps kind and version although other fixed columns are far over the limit", () => {
    const huge = "x".repeat(MEGABYTE);
    const point = encodePoint("request", { requestId: huge, workerName: huge, endpoint: huge, method: huge, statusCode: huge });
    expectWithinLimits(point);
    expect(point.blobs.slice(5, 7)).toEqual(["request", "1"]);
  });

  test("writes 0 for numbers that are none", () => {
    const { doubles } = encodePoint("request", { durationMs: Number.NaN, dbQueryTimeMs: Infinity, externalApiTimeMs: -Infinity });
    expect(doubles.slice(0, 3)).toEqual([0, 0, 0]);
  });

  test.each([
    [undefined, 1],
    [0, 1],
    [-5, 1],
    [Number.NaN, 1],
    [10, 10],
    [9.6, 10],
  ])("makes a weight of %s the weight %d", (given, weight) => {
    const { doubles } = encodePoint("request", given === undefined ? {} : { sampleWeight: given });
    expect(doubles[4]).toBe(weight);
  });
});

describe("the index", () => {
  test("names worker, kind and class, so that errors are not sampled away by healthy traffic", () => {
    expect(encodePoint("request", { workerName: "api", statusCode: "200" }).indexes).toEqual(["api:request:ok"]);
    expect(encodePoint("request", { workerName: "api", statusCode: "404" }).indexes).toEqual(["api:request:error"]);
    expect(encodePoint("request", { workerName: "api", statusCode: "503" }).indexes).toEqual(["api:request:error"]);
    expect(encodePoint("queue", { workerName: "api", outcome: "dead" }).indexes).toEqual(["api:queue:error"]);
    expect(encodePoint("queue", { workerName: "api", outcome: "ok" }).indexes).toEqual(["api:queue:ok"]);
    expect(encodePoint("error", { workerName: "api" }).indexes).toEqual(["api:error:error"]);
  });

  test.each([95, 96, 97, 10_000])("keeps kind and class of a worker with a name of %d bytes", (bytes) => {
    const [index] = encodePoint("request", { workerName: "w".repeat(bytes) }).indexes;
    expect(byteLength(index)).toBe(limits.indexBytes);
    expect(index.endsWith(":request:ok")).toBe(true);
  });
});

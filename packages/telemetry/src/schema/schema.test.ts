import { describe, expect, test } from "vitest";
import type { BlobColumn, DoubleColumn } from "./columns.ts";
import { columnOf, fieldAliases, fixedColumns, kindColumns, KINDS, READABLE_VERSIONS, SCHEMA_VERSION } from "./schema.ts";

type Columns = Readonly<Record<string, BlobColumn | DoubleColumn>>;

function columnsOf(kind: (typeof KINDS)[number]): [string, BlobColumn | DoubleColumn][] {
  const columns: Columns = { ...fixedColumns, ...kindColumns[kind] };
  return Object.entries(columns);
}

describe("the schema", () => {
  test("keeps the specification's columns where the specification has them", () => {
    const place = Object.entries(fixedColumns).map(([field, { type, position }]) => `${type}${position} ${field}`);
    expect(place.slice(0, 5)).toEqual([
      "blob1 requestId",
      "blob2 workerName",
      "blob3 endpoint",
      "blob4 method",
      "blob5 statusCode",
    ]);
    expect(place.filter((line) => line.startsWith("double")).slice(0, 4)).toEqual([
      "double1 durationMs",
      "double2 dbQueryTimeMs",
      "double3 externalApiTimeMs",
      "double4 queueProcessingTimeMs",
    ]);
  });

  test("keeps its own fixed columns where rows of the last 93 days have them", () => {
    const place = Object.entries(fixedColumns).map(([field, { type, position }]) => `${type}${position} ${field}`);
    for (const line of [
      "blob6 kind",
      "blob7 schemaVersion",
      "blob8 version",
      "blob9 environment",
      "blob10 team",
      "double5 sampleWeight",
    ])
      expect(place).toContain(line);
  });

  test.each(KINDS)("gives no two fields of %s the same position", (kind) => {
    const places = columnsOf(kind).map(([, { type, position }]) => `${type}${position}`);
    expect(new Set(places).size).toBe(places.length);
  });

  test.each(KINDS)("gives no field of %s the name of a fixed field", (kind) => {
    expect(Object.keys(kindColumns[kind]).filter((field) => field in fixedColumns)).toEqual([]);
  });

  test.each(KINDS)("places every field of %s at a whole position from 1 to 20", (kind) => {
    for (const [field, { position }] of columnsOf(kind)) {
      expect(Number.isInteger(position) && position >= 1 && position <= 20, `${field} at ${position}`).toBe(true);
    }
  });

  test.each(KINDS)("says of every field of %s what it means", (kind) => {
    for (const [field, { meaning }] of columnsOf(kind)) expect(meaning.length, field).toBeGreaterThan(1);
  });

  test("has the kinds of the house", () => {
    expect([...KINDS].sort()).toEqual(
      ["alert", "custom", "error", "external", "gauge", "invocation", "job", "probe", "queue", "request", "sandbox"].sort(),
    );
  });

  test("writes a version that its own readers understand", () => {
    expect(READABLE_VERSIONS).toContain(SCHEMA_VERSION);
  });

  test("finds a kind's own fields and the fixed ones, and no others", () => {
    expect(columnOf("queue", "batchSize")).toMatchObject({ type: "double", position: 6 });
    expect(columnOf("queue", "durationMs")).toMatchObject({ type: "double", position: 1 });
    expect(columnOf("queue", "dbQueryCount")).toBeUndefined();
  });

  test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("does not take the inherited %s for a field", (name) => {
    expect(columnOf("request", name)).toBeUndefined();
  });

  test("answers to the specification's tag names", () => {
    expect(fieldAliases).toMatchObject({ worker: "workerName", status: "statusCode" });
    for (const field of Object.values(fieldAliases)) expect(columnOf("request", field)).toBeDefined();
  });
});

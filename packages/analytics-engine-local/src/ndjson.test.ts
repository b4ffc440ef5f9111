import { describe, expect, test } from "vitest";
import { parsePoints } from "./ndjson.ts";

const arrivalMs = Date.UTC(2026, 0, 31, 12, 0, 0, 900);
const arrivalSecond = Date.UTC(2026, 0, 31, 12) / 1000;

describe("NDJSON of points", () => {
  test("gives one point a line, empty lines left out, with the second of its arrival", async () => {
    expect(await parsePoints('{"indexes":["a"]}\r\n\n{"blobs":["x",null],"doubles":[1]}', arrivalMs)).toEqual({
      ok: true,
      value: [
        { point: { indexes: ["a"], blobs: [], doubles: [] }, second: arrivalSecond },
        { point: { indexes: [], blobs: ["x", null], doubles: [1] }, second: arrivalSecond },
      ],
    });
  });

  test.each([
    ["milliseconds", "1769860800999", arrivalSecond],
    ["ISO 8601", '"2026-01-31T12:00:00Z"', arrivalSecond],
    ["ISO 8601 with an offset", '"2026-01-31T13:00:00+01:00"', arrivalSecond],
    ["a time without a zone, which is UTC", '"2026-01-31 12:00:00"', arrivalSecond],
    ["a day", '"2026-01-31"', Date.UTC(2026, 0, 31) / 1000],
    ["null, which is the arrival", "null", arrivalSecond],
  ])("takes a timestamp as %s", async (_, timestamp, second) => {
    expect(await parsePoints(`{"timestamp":${timestamp}}`, arrivalMs)).toMatchObject({ ok: true, value: [{ second }] });
  });

  test.each([
    ["no JSON", "{", "not JSON"],
    ["no object", "[1]", "a point is an object"],
    ["an unknown field", '{"blob":["a"]}', 'unknown field "blob"'],
    ["a broken limit", '{"indexes":["a","b"]}', "2 indexes"],
    ["seconds for milliseconds", '{"timestamp":1769860800}', "looks like seconds; give milliseconds (1769860800000)"],
    ["a timestamp that is no time", '{"timestamp":"yesterday"}', 'timestamp "yesterday" is no time'],
    ["a day that does not exist", '{"timestamp":"2026-13-01"}', "is no time"],
    ["a time before 1970", '{"timestamp":-1}', "outside 1970 to 2106"],
    ["a time that ClickHouse cannot hold", '{"timestamp":"2200-01-01"}', "outside 1970 to 2106"],
  ])("refuses the whole body for %s, with the line's number", async (_, line, names) => {
    const parsed = await parsePoints(`{}\n\n${line}\n{}`, arrivalMs);
    expect(parsed).toMatchObject({ ok: false, error: expect.stringContaining(`line 3: `) as string });
    expect(parsed).toMatchObject({ error: expect.stringContaining(names) as string });
  });
});

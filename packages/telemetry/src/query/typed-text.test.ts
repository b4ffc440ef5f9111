import { describe, expect, it } from "vitest";
import { conditionOf, fieldNamed } from "./typed-text.ts";

describe("a condition as people type it", () => {
  it.each([
    ["status>=500", { op: ">=", field: "statusCode", value: "500" }],
    [" worker != api ", { op: "!=", field: "workerName", value: "api" }],
    ["duration>1.5", { op: ">", field: "durationMs", value: 1.5 }],
    ["worker=api, web", { op: "in", field: "workerName", values: ["api", "web"] }],
    ["status!=404,410", { op: "not in", field: "statusCode", values: ["404", "410"] }],
    ["endpoint=/a=b", { op: "=", field: "endpoint", value: "/a=b" }],
  ])("%j is read", (typed, condition) => {
    expect(conditionOf("request", typed)).toEqual(condition);
  });

  it.each([
    ["status", "write it as status>=500 or worker=api"],
    ["worker=", "write it as status>=500 or worker=api"],
    ["worker=api,", "a value is missing beside a comma"],
    ["status>=50", "write a status with three digits, such as 500"],
    ["status=5xx", "write a status with three digits, such as 500"],
    ["duration>soon", 'durationMs is a number, "soon" is none'],
    ["status>400,500", "a list goes with = or != only"],
    ["colour=red", 'request has no field "colour"'],
    ["constructor=x", 'request has no field "constructor"'],
  ])("%j is refused with what to do", (typed, message) => {
    expect(() => conditionOf("request", typed)).toThrow(message);
  });

  it("names a field by its own name, the specification's tag, or without its unit", () => {
    expect(["durationMs", "duration", "dbQuery", "worker"].map((typed) => fieldNamed("request", typed))).toEqual([
      "durationMs",
      "durationMs",
      "dbQueryCount",
      "workerName",
    ]);
  });
});

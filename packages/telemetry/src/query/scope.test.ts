import { describe, expect, it } from "vitest";
import { compileSql } from "./compile-sql.ts";
import type { Measure } from "./query.ts";

describe("a measure narrowed to a kind and a condition", () => {
  const W = "_sample_interval * double5";
  const where = { op: ">", field: "dbQueryCount", value: 0 } as const;
  it.each<[what: string, measure: Measure<"dbQueryTimeMs" | "dbQueryCount">, sql: string]>([
    ["counts those points", { measure: "count", kind: "request", where }, `sumIf(${W}, blob6 = 'request' AND double6 > 0)`],
    [
      "sums them",
      { measure: "sum", field: "dbQueryTimeMs", kind: "request", where },
      `sumIf(double2 * ${W}, blob6 = 'request' AND double6 > 0)`,
    ],
    [
      "takes their mean",
      { measure: "mean", field: "dbQueryTimeMs", kind: "request" },
      `sumIf(double2 * ${W}, blob6 = 'request') / sumIf(${W}, blob6 = 'request')`,
    ],
    [
      "gives the others no weight in a quantile",
      { measure: "quantile", q: 0.95, field: "dbQueryTimeMs", kind: "request" },
      `quantileExactWeighted(0.95)(double2, toUInt32(if(blob6 = 'request', ${W}, 0)))`,
    ],
    [
      "is 0 without points where it is a maximum",
      { measure: "max", field: "dbQueryTimeMs", kind: "request" },
      "max(if(blob6 = 'request', double2, 0))",
    ],
  ])("%s", (_, measure, sql) => {
    expect(compileSql({ kinds: ["request", "error"], fromMs: 0, toMs: 60_000, select: { n: measure } }, "monotask")).toContain(
      `SELECT ${sql} AS n `,
    );
  });

  it("names a kind that the query does not read", () => {
    const n = { measure: "count", kind: "queue" } as const;
    expect(() => compileSql({ kinds: ["request"], fromMs: 0, toMs: 1, select: { n } }, "monotask")).toThrow('not "queue"');
  });
});

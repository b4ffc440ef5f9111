import { describe, expect, it } from "vitest";
import { compileSql } from "./compile-sql.ts";
import type { Query } from "./query.ts";

const RANGE = { fromMs: 0, toMs: 60_000 };
const COUNT = { events: { measure: "count" } } as const;

describe("a query over several kinds", () => {
  it("groups by the column that each kind has for a thing", () => {
    const outcome = { by: "field of kind", fields: { request: "outcome", queue: "outcome" } } as const;
    expect(sql({ kinds: ["request", "queue", "probe"], groupBy: { outcome }, select: COUNT })).toContain(
      "if(blob6 = 'request', blob11, if(blob6 = 'queue', blob12, '')) AS outcome",
    );
  });

  it("buckets the duration that each kind has", () => {
    const buckets = {
      request: { field: "durationMs", thresholds: [200] },
      sandbox: { field: "provisionMs", thresholds: [2_000, 500] },
    };
    expect(
      sql({ kinds: ["request", "sandbox"], groupBy: { bucket: { by: "bucket of kind", buckets } }, select: COUNT }),
    ).toContain(
      "if(blob6 = 'request', if(double1 < 200, 0, 1), if(blob6 = 'sandbox', if(double6 < 500, 0, if(double6 < 2000, 1, 2)), 0)) AS bucket",
    );
  });

  it("counts the events that a point holds, and their variance with the square of them", () => {
    const fields = { queue: ["okCount", "deadCount"] };
    const text = sql({
      kinds: ["request", "queue"],
      select: { events: { measure: "events", fields }, variance: { measure: "events variance", fields } },
    });
    const held = "if(blob6 = 'queue', (double7 + double9), 1)";
    expect(text).toContain(`sum(_sample_interval * double5 * ${held}) AS events`);
    expect(text).toContain(`* ${held} * ${held}) AS variance`);
  });

  it("narrows one kind by its own fields", () => {
    const where = [{ op: "of kind", kind: "custom", where: [{ op: "in", field: "name", values: ["agent_execution"] }] }] as const;
    expect(sql({ kinds: ["request", "custom"], where, select: COUNT })).toContain(
      "(blob6 = 'custom' AND blob11 IN ('agent_execution'))",
    );
  });

  it("refuses kinds that it does not read, and fields that a kind does not have", () => {
    const groupBy = { outcome: { by: "field of kind", fields: { queue: "outcome" } } } as const;
    expect(() => sql({ kinds: ["request"], groupBy, select: COUNT })).toThrow('not "queue"; add it to kinds');
    const wrong = { outcome: { by: "field of kind", fields: { request: "pool" } } } as const;
    expect(() => sql({ kinds: ["request"], groupBy: wrong, select: COUNT })).toThrow('request has no field "pool"');
  });
});

function sql(query: Omit<Query, "fromMs" | "toMs">): string {
  return compileSql({ ...RANGE, ...query }, "monotask");
}

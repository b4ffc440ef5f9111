import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertFrom, burn } from "../../test/notifications.ts";
import { allAlerts, type Alert, type AlertQuery } from "../index.ts";
import { pageOf } from "./page.ts";

function alerts(ids: readonly string[]): Alert[] {
  return ids.map((id) => ({ ...alertFrom(burn), id }));
}

const ids = fc.uniqueArray(fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 1, maxLength: 4 }), {
  maxLength: 40,
});

describe("pages of alerts", () => {
  it("hold each alert that stands throughout exactly once, whatever comes and goes between two of them", async () => {
    await fc.assert(
      fc.asyncProperty(ids, fc.array(ids, { minLength: 1 }), fc.integer({ min: 1, max: 7 }), async (staying, comings, limit) => {
        let turn = 0;
        const manager = {
          page: async (query: AlertQuery) => {
            const passing = (comings[turn++ % comings.length] ?? []).filter((id) => !staying.includes(id));
            return pageOf(alerts([...staying, ...passing]), { ...query, limit });
          },
        };
        const read = (await allAlerts(manager)).map(({ id }) => id).filter((id) => staying.includes(id));
        expect(read).toEqual([...staying].sort());
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("say how many alerts there are, and end where there are no more", () => {
    const four = alerts(["a", "b", "c", "d"]);
    expect(pageOf(four, { limit: 3 })).toMatchObject({ total: 4, cursor: "c", alerts: [{ id: "a" }, { id: "b" }, { id: "c" }] });
    expect(pageOf(four, { limit: 3, cursor: "c" })).toEqual({ total: 4, alerts: [expect.objectContaining({ id: "d" })] });
    expect(pageOf([], {})).toEqual({ alerts: [], total: 0 });
  });

  it.each([0, -1, Number.NaN, 1e9])("hold 500 at most, also where %d are asked for", (limit) => {
    const many = alerts(Array.from({ length: 501 }, (_, n) => String(n)));
    expect(pageOf(many, { limit }).alerts).toHaveLength(500);
  });
});

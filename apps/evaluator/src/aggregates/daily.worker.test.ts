import { parseDashboard } from "@monotask/panels";
import type { QueryPort } from "@monotask/telemetry";
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import definition from "../../../../config/cloudflare-dashboard.json";
import { keepDay } from "./daily-step.ts";
import { createDailyStore } from "./daily-store.ts";

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);
const TODAY = Math.floor(NOON_MS / DAY_MS);
const sections = (parseDashboard(JSON.stringify(definition)).dashboard?.sections ?? []).slice(0, 2);
const [first] = sections;

/** One row for each query, which says the day it was asked for. */
const query: QueryPort = {
  run: ({ fromMs }) => Promise.resolve({ kind: "rows", rows: [{ step: fromMs / 1_000, pointKind: "request", m0: 1 }] }),
};

beforeAll(() => applyD1Migrations(env.DB, env.TEST_MIGRATIONS));

describe("a day's metrics", () => {
  const store = createDailyStore(env.DB);

  it("are kept once the day is closed, yesterday first, then the days before, one a tick", async () => {
    const outcomes = [];
    for (let tick = 0; tick < 3; tick += 1) outcomes.push(await keepDay({ sections, query, store }, NOON_MS + tick * 60_000));
    expect(outcomes).toEqual([1, 2, 3].map((ago) => ({ kind: "kept", day: TODAY - ago })));
  });

  it("are not those of a day whose last points may still come", async () => {
    expect(await keepDay({ sections, query, store }, TODAY * DAY_MS + 5 * 60_000)).toEqual({ kind: "kept", day: TODAY - 4 });
    expect((await store.read(first?.id ?? "", TODAY, TODAY + 1)).length).toBe(0);
  });

  it("are read back in the order of days, with what each column measures", async () => {
    const days = await store.read(first?.id ?? "", TODAY - 3, TODAY);
    expect(days.map(({ day }) => day)).toEqual([TODAY - 3, TODAY - 2, TODAY - 1]);
    expect(days[0]?.kept[0]).toMatchObject({
      rows: [{ step: ((TODAY - 3) * DAY_MS) / 1_000 }],
      select: { m0: { measure: "count" } },
    });
  });

  it("are not kept in part: a day of which one section fails is asked for again", async () => {
    let asked = 0;
    const failing: QueryPort = {
      run: (one) =>
        (asked += 1) === 2
          ? Promise.resolve({ kind: "failed", code: "unavailable", message: "down", isRetryable: true })
          : query.run(one),
    };
    await expect(keepDay({ sections, query: failing, store }, NOON_MS)).rejects.toThrow("down");
    expect(await keepDay({ sections, query, store }, NOON_MS)).toEqual({ kind: "kept", day: TODAY - 5 });
  });
});

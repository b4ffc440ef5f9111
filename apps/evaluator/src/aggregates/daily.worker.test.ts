import { parseDashboard } from "@monotask/panels";
import type { Query, QueryPort, Row } from "@monotask/telemetry";
import { applyD1Migrations } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import definition from "../../../../config/cloudflare-dashboard.json";
import { keepDay } from "./daily-step.ts";
import { createDailyStore } from "./daily-store.ts";

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);
const TODAY = Math.floor(NOON_MS / DAY_MS);
const sections = (parseDashboard(JSON.stringify(definition)).dashboard?.sections ?? []).slice(0, 2);
const [first] = sections;

/** One row for each query, which says the day it was asked for; a version lived a year ago, another lives since some days. */
const query: QueryPort = {
  run: (asked) => {
    const { fromMs } = asked;
    const rows = asQuery(asked) === "versions" ? versionsIn(asked) : [{ step: fromMs / 1_000, pointKind: "request", m0: 1 }];
    return Promise.resolve({ kind: "rows", rows });
  },
};
const YEAR_AGO = TODAY - 365;
const LIVES: readonly (readonly [version: string, fromMs: number, toMs: number])[] = [
  ["old", YEAR_AGO * DAY_MS - 40 * DAY_MS, YEAR_AGO * DAY_MS - 2 * DAY_MS],
  ["a-year-ago", (YEAR_AGO - 1) * DAY_MS + 9_000_000, (YEAR_AGO - 1) * DAY_MS + 30_000_000],
  ["new", (TODAY - 3) * DAY_MS + 5_000, TODAY * DAY_MS],
  ["", 0, NOON_MS],
];

function asQuery({ groupBy = {} }: Query): "versions" | "section" {
  return "version" in groupBy ? "versions" : "section";
}

function versionsIn({ fromMs, toMs }: Query): Row[] {
  return LIVES.filter(([, from, to]) => from < toMs && to > fromMs).map(([version, from, to]) => ({
    worker: "api",
    environment: "production",
    version,
    firstSecond: Math.max(from, fromMs) / 1_000,
    lastSecond: Math.min(to, toMs) / 1_000 - 1,
  }));
}

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

describe("versions", () => {
  const kept = async (search: string): Promise<{ status: number; body: unknown }> => {
    const response = await exports.default.fetch(`http://evaluator/api/v1/aggregates/versions?${search}`, {
      headers: { authorization: "Bearer test-token" },
    });
    return { status: response.status, body: await response.json() };
  };
  const store = createDailyStore(env.DB);
  const year = `from=${(YEAR_AGO - 10) * DAY_MS}&before=${NOON_MS}`;

  it("are kept with their first day and found a year later, with the moment each began", async () => {
    await env.DB.exec("DELETE FROM worker_versions; DELETE FROM daily_aggregates;");
    await keepDay({ sections, query, store }, YEAR_AGO * DAY_MS + 12 * 3_600_000);
    for (let tick = 0; tick < 4; tick += 1) await keepDay({ sections, query, store }, NOON_MS + tick * 60_000);
    const [old, yearAgo, recent] = LIVES.map(([version, firstMs]) => ({
      worker: "api",
      environment: "production",
      version,
      firstMs,
    }));
    expect((await kept(year)).body).toMatchObject({ versions: [old, yearAgo, recent], keptUntilMs: TODAY * DAY_MS });
    expect((await kept(`from=${(TODAY - 2) * DAY_MS}&before=${NOON_MS}`)).body).toMatchObject({ versions: [recent] });
  });

  it("of other workers and environments are left out where one is named", async () => {
    expect((await kept(`${year}&worker=api&environment=production`)).body).toMatchObject({ versions: [{}, {}, {}] });
    expect((await kept(`${year}&worker=jobs`)).body).toMatchObject({ versions: [] });
    expect((await kept(`${year}&environment=staging`)).body).toMatchObject({ versions: [] });
  });

  it("of days that were kept before versions were are read at once, with whatever day is kept next", async () => {
    await env.DB.exec("DELETE FROM worker_versions;");
    await env.DB.prepare("DELETE FROM daily_aggregates WHERE day = ?")
      .bind(TODAY - 4)
      .run();
    await keepDay({ sections, query, store }, NOON_MS);
    expect((await kept(year)).body).toMatchObject({ versions: [{ version: "new", firstMs: LIVES[2]?.[1] }] });
  });

  it.each(["", "from=2&before=1", "from=x&before=2"])("need a range: ?%s is refused", async (search) => {
    expect(await kept(search)).toEqual({ status: 400, body: { error: "give from < before as epoch milliseconds" } });
  });
});

import type { Query, QueryPort, Row } from "@monotask/telemetry";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { deploysOf } from "../../app/deploys.ts";
import type { VersionAnswer } from "../../app/deploys.ts";
import { versionRoutes } from "./versions.ts";
import { depsAt, evaluatorThat } from "../test/api-deps.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 24, 12);
const TODAY_MS = Date.UTC(2026, 10, 24);
const YEAR_AGO_MS = NOW_MS - 360 * DAY_MS;

/** The route over an evaluator that answers `kept`, and points of one version that began this morning. */
function dashboard(kept: { status: number; body: unknown }): {
  ask(days: number, narrowed?: string): Promise<{ status: number; answer: VersionAnswer }>;
  readonly queries: Query[];
  readonly asked: string[];
} {
  const queries: Query[] = [];
  const asked: string[] = [];
  const port: QueryPort = {
    run(query) {
      queries.push(query);
      const rows: Row[] = [
        { workerName: "api", version: "yesterday", step: Math.max(query.fromMs, TODAY_MS - DAY_MS) / 1_000, events: 5 },
        { workerName: "api", version: "today", step: (TODAY_MS + DAY_MS / 4) / 1_000, events: 5 },
      ];
      return Promise.resolve({ kind: "rows", rows });
    },
  };
  const api = new Hono();
  const evaluator = evaluatorThat((path) => {
    asked.push(path);
    return Promise.resolve(kept);
  });
  versionRoutes(api, depsAt(NOW_MS, port, { evaluator }));
  return {
    queries,
    asked,
    async ask(days, narrowed = "") {
      const response = await api.request(`/api/versions?from=${NOW_MS - days * DAY_MS}&to=${NOW_MS}${narrowed}`);
      return { status: response.status, answer: await response.json<VersionAnswer>() };
    },
  };
}

const KEPT = {
  status: 200,
  body: {
    keptUntilMs: TODAY_MS,
    versions: [
      { worker: "api", version: "old", firstMs: NOW_MS - 500 * DAY_MS },
      { worker: "api", version: "a-year-ago", firstMs: YEAR_AGO_MS },
      { worker: "api", version: "yesterday", firstMs: TODAY_MS - DAY_MS / 2 },
    ],
  },
};

describe("versions of a year", () => {
  it("are those of kept days and, from points, those of today alone", async () => {
    const { ask, queries, asked } = dashboard(KEPT);
    const { answer } = await ask(365);
    expect(deploysOf(answer, NOW_MS - 365 * DAY_MS)).toEqual([
      { atMs: YEAR_AGO_MS, worker: "api", version: "a-year-ago" },
      { atMs: TODAY_MS - DAY_MS / 2, worker: "api", version: "yesterday" },
      { atMs: TODAY_MS + DAY_MS / 4, worker: "api", version: "today" },
    ]);
    expect(queries.map(({ fromMs }) => fromMs)).toEqual([TODAY_MS]);
    expect(asked).toEqual([`/api/v1/aggregates/versions?from=${NOW_MS - 365 * DAY_MS}&before=${NOW_MS}`]);
  });

  it("are narrowed to a worker and an environment", async () => {
    const { ask, asked } = dashboard(KEPT);
    await ask(365, "&worker=api&environment=production");
    expect(asked[0]).toContain("&worker=api&environment=production");
  });

  it.each<[what: string, kept: { status: number; body: unknown }]>([
    ["the evaluator does not answer", { status: 0, body: { error: "down" } }],
    ["none is kept yet", { status: 200, body: { versions: [], keptUntilMs: TODAY_MS } }],
  ])("reach as far back as points do where %s", async (_, kept) => {
    const { ask, queries } = dashboard(kept);
    expect(await ask(365)).toMatchObject({ status: 200, answer: { kept: [], rows: [{}, {}] } });
    expect(queries.map(({ fromMs }) => (NOW_MS - fromMs) / DAY_MS)).toEqual([90]);
  });
});

it("versions of a month are read from points, without the evaluator", async () => {
  const { ask, queries, asked } = dashboard(KEPT);
  expect((await ask(30)).answer.kept).toEqual([]);
  expect([queries.length, asked]).toEqual([1, []]);
});

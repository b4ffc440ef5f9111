import { defineDashboard, dailyScans } from "@monotask/panels";
import type { PanelData } from "@monotask/panels";
import type { Query, QueryPort, Row } from "@monotask/telemetry";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { sectionRoutes } from "./sections.ts";
import { depsAt, evaluatorThat } from "../test/api-deps.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 24, 12);

const counted = {
  kind: "stat" as const,
  unit: "count" as const,
  measuredAs: "as counted",
  query: { kind: "request" as const, measures: { n: { measure: "count" as const } } },
  values: [{ op: "total" as const, of: "n" }],
};
const dashboard = defineDashboard({
  version: 1,
  title: "T",
  sections: [
    {
      id: "s",
      title: "S",
      empty: "Send some.",
      panels: [
        { ...counted, id: "whole", title: "Requests" },
        { ...counted, id: "rolling", title: "Requests, rolling 24 h", rangeHours: 24 },
      ],
    },
  ],
});
/** Each day that is kept had ten requests; points of today say three. */
const KEPT_A_DAY = 10;
const POINTS = 3;

describe("a panel with a rolling window, beside panels of a range of kept days", () => {
  it("is read from points while its window is within their reach", async () => {
    expect(await figures(NOW_MS - 300 * DAY_MS, NOW_MS)).toEqual({ whole: 300 * KEPT_A_DAY, rolling: POINTS });
  });

  it("is read from the last kept day where it is not", async () => {
    const toMs = Date.UTC(2026, 5, 1);
    expect(await figures(toMs - 90 * DAY_MS, toMs)).toEqual({ whole: 90 * KEPT_A_DAY, rolling: KEPT_A_DAY });
  });
});

async function figures(fromMs: number, toMs: number): Promise<Readonly<Record<string, number | null | undefined>>> {
  const api = new Hono();
  const port: QueryPort = { run: (query) => Promise.resolve({ kind: "rows", rows: [rowOf(query, NOW_MS - HOUR_MS, POINTS)] }) };
  sectionRoutes(
    api,
    depsAt(NOW_MS, port, {
      dashboard,
      evaluator: evaluatorThat(() => Promise.resolve({ status: 200, body: { days: daysOf(fromMs, toMs) } })),
    }),
  );
  const response = await api.request(`/api/sections/s?from=${fromMs}&to=${toMs}`);
  const { panels } = await response.json<{ panels: readonly PanelData[] }>();
  return Object.fromEntries(panels.map(({ panelId, series }) => [panelId, series[0]?.figure]));
}

/** What the evaluator keeps of the days that have ended within the range. */
function daysOf(fromMs: number, toMs: number): { kept: unknown[] }[] {
  const [section] = dashboard.sections;
  const days: { kept: unknown[] }[] = [];
  for (let at = Math.floor(fromMs / DAY_MS) * DAY_MS; at + DAY_MS <= toMs; at += DAY_MS)
    days.push({
      kept: (section === undefined ? [] : dailyScans(section, at)).map(({ query }) => ({
        groupBy: query.groupBy,
        select: query.select,
        rows: [rowOf(query, at, KEPT_A_DAY)],
      })),
    });
  return days;
}

function rowOf({ select, groupBy = {} }: Query, atMs: number, count: number): Row {
  const { step } = groupBy;
  const seconds = step?.by === "time" ? step.seconds : 1;
  const figuresOf = Object.entries(select).map(([name, { measure }]) => [name, measure === "count" ? count : 0] as const);
  return { ...Object.fromEntries(figuresOf), step: Math.floor(atMs / 1_000 / seconds) * seconds, pointKind: "request" };
}

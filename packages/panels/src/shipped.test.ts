import { readFileSync } from "node:fs";
import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import { compileSql, createSqlApi } from "@monotask/telemetry";
import type { Query, QueryPort, Row } from "@monotask/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  coarserRows,
  dailyScans,
  dailyScansOf,
  dashboardJsonSchema,
  isQueryPanel,
  parseDashboard,
  planScans,
  planWindows,
  readScan,
  rowsOfDays,
  stepRange,
} from "./index.ts";
import type { DailyRows, Dashboard, PanelData, QueryPanel, Scan, Section } from "./index.ts";
import { mixedPoints, pointAt } from "./test/points.ts";
import { seededRandom } from "@monotask/analytics-engine-local";

const FILE = new URL("../../../config/cloudflare-dashboard.json", import.meta.url);
const SCHEMA_FILE = new URL("../../../config/dashboard-schema.json", import.meta.url);
const DOCUMENTATION = new URL("../../../docs/custom-metrics.md", import.meta.url);
const START_MS = Date.UTC(2026, 10, 1);
const RANGE = stepRange(START_MS, START_MS + 3 * 3_600_000);

const parsed = parseDashboard(readFileSync(FILE, "utf8"));
const dashboard = parsed.dashboard ?? fail();
const panels = dashboard.sections.flatMap(({ panels: all }) => all.filter(isQueryPanel));

let server: Awaited<ReturnType<typeof startAnalyticsEngine>>;
let port: QueryPort;

beforeAll(async () => {
  server = await startAnalyticsEngine({ port: 0 });
  await server.write("monotask", mixedPoints(START_MS, seededRandom(7), 4_000));
  port = createSqlApi({ url: server.sqlUrl, token: server.token, dataset: "monotask" });
});

afterAll(() => server.close());

describe("the shipped dashboard", () => {
  it("has no issue, and its JSON Schema is the published one", () => {
    expect(parsed.issues).toEqual([]);
    expect(JSON.parse(readFileSync(SCHEMA_FILE, "utf8"))).toEqual(dashboardJsonSchema());
  });

  it("has every section and panel of the specification", () => {
    expect(dashboard.sections.map(({ id, panels: all }) => [id, all.length >= 4])).toEqual(
      ["worker-health", "queue-metrics", "performance", "resource-usage", "sandbox-metrics"].map((id) => [id, true]),
    );
  });

  it("costs one query for each section, those with rolling windows too", () => {
    for (const section of dashboard.sections) {
      expect(planScans(section.panels.filter(isQueryPanel), RANGE)).toHaveLength(1);
      expect(planWindows(section.panels.filter(isQueryPanel), RANGE)).toHaveLength(1);
    }
  });

  it("fits the shorter statement limit of the SQL API, 10 KiB, on every section", () => {
    for (const section of dashboard.sections)
      for (const { query } of planScans(section.panels.filter(isQueryPanel), RANGE))
        expect(compileSql(query, "monotask").length).toBeLessThan(10_240);
  });

  it.each(panels.map((panel) => [panel.id, panel] as const))(
    "%s runs on the local Analytics Engine and has data",
    async (_, panel) => {
      const [data] = await read([panel]);
      expect(data?.state).toBe("data");
      if (panel.kind === "histogram") expect(data?.histogram?.counts.some((count) => count > 0)).toBe(true);
      else expect(data?.series.some(({ figure }) => figure !== null)).toBe(true);
    },
  );
});

describe("a shared scan", () => {
  it("shows each panel as it is when read alone", async () => {
    for (const section of dashboard.sections) {
      const together = await read(section.panels.filter(isQueryPanel));
      for (const panel of section.panels.filter(isQueryPanel)) {
        const [alone] = await read([panel]);
        const shared = together.find(({ panelId }) => panelId === panel.id);
        expect({ id: panel.id, figures: figuresOf(shared) }).toEqual({ id: panel.id, figures: figuresOf(alone) });
      }
    }
  });
});

describe("rows in fine steps", () => {
  it("add up to those that the scan answers in coarser ones", async () => {
    const [[scan] = []] = planWindows(
      panels.filter((panel) => panel.isOnOverview && doesNotRank(panel)),
      RANGE,
    );
    const { query } = scan ?? fail();
    const hourly = { ...query, groupBy: { ...query.groupBy, step: { by: "time", seconds: 3_600 } } } satisfies Query;
    expect(sorted(coarserRows(query, await rowsOf(query), 3_600))).toEqual(sorted(await rowsOf(hourly)));
  });
});

/** Panels without quantiles: those of a part say nothing of the whole. */
function doesNotRank({ query }: QueryPanel): boolean {
  return Object.values(query.measures).every(({ measure }) => measure !== "quantile");
}

/** In an order of their own, without what adding up in another order changes. */
function sorted(rows: readonly Row[]): string[] {
  const column = (value: string | number): string => (typeof value === "number" ? value.toPrecision(9) : value);
  return rows.map((row) => JSON.stringify(Object.entries(row).map(([name, value]) => [name, column(value)]))).sort();
}

describe("figures are those of SQL written by hand", () => {
  const WEIGHT = "_sample_interval * double5";
  it.each([
    ["request-rate", `SELECT sum(${WEIGHT}) / 10800 AS n FROM monotask WHERE blob6 = 'request'`],
    ["error-ratio", `SELECT sumIf(${WEIGHT}, blob11 = 'error') / sum(${WEIGHT}) AS n FROM monotask WHERE blob6 = 'request'`],
    ["cache-hit-rate", `SELECT sum(${WEIGHT} * double13) / sum(${WEIGHT} * double12) AS n FROM monotask WHERE blob6 = 'request'`],
  ])("%s", async (id, sql) => {
    const [data] = await read([panelOf(dashboard, id)]);
    const answer = await server.query(`${sql} FORMAT JSON`);
    expect(data?.series[0]?.figure).toBeCloseTo(Number(answer.data[0]?.["n"]), 9);
  });

  it("the P95 of a route in the newest step", async () => {
    const [data] = await read([panelOf(dashboard, "latency-p95")]);
    const series = data?.series.find(({ group }) => group[0] === "/api/projects");
    const at = series?.points.findLastIndex((point) => point !== null) ?? -1;
    const step = data?.steps[at] ?? 0;
    const answer = await server.query(
      `SELECT quantileExactWeighted(0.95)(double1, toUInt32(${WEIGHT})) AS n FROM monotask WHERE blob6 = 'request' AND blob3 = '/api/projects' AND timestamp >= toDateTime(${step}) AND timestamp < toDateTime(${step + RANGE.stepSeconds}) FORMAT JSON`,
    );
    expect(series?.figure).toBe(Number(answer.data[0]?.["n"]));
  });
});

describe("a metric of one's own", () => {
  it("is charted by a dimension, with the panel that the documentation shows", async () => {
    const panel = panelOfDocumentation();
    const own = (minute: number, name: string, state: string, value: number): ReturnType<typeof pointAt> => {
      const dimensions = { dimension1: `project_id=p${minute}`, dimension2: `state=${state}` };
      return pointAt(START_MS + minute * 60_000, "custom", { workerName: "tasks", name, value, ...dimensions });
    };
    await server.write("monotask", [
      own(1, "tasks_completed", "completed", 20),
      own(50, "tasks_completed", "completed", 70),
      own(50, "tasks_completed", "failed", 9),
      own(50, "tasks_started", "completed", 1_000),
    ]);
    const [data] = await read([panel]);
    const totals = data?.series.map(({ group, points }) => [group, sumOf(points) * (RANGE.stepSeconds / 60)]);
    expect(new Map(totals?.map(([group, total]) => [String(group), Math.round(Number(total))]))).toEqual(
      new Map([
        ["state=completed", 90],
        ["state=failed", 9],
      ]),
    );
  });
});

function panelOfDocumentation(): QueryPanel {
  const json = /```json\n(.+?)```/s.exec(readFileSync(DOCUMENTATION, "utf8"))?.[1] ?? fail();
  const section = { id: "own", title: "Own", empty: "Nothing yet.", panels: [JSON.parse(json)] };
  const { dashboard: own, issues } = parseDashboard(JSON.stringify({ version: 1, title: "Own", sections: [section] }));
  expect(issues).toEqual([]);
  return panelOf(own ?? fail(), "tasks-completed");
}

function sumOf(points: readonly (number | null)[]): number {
  return points.reduce<number>((sum, point) => sum + (point ?? 0), 0);
}

describe("what is kept of a day", () => {
  it("reads as the day itself: counts and sums exactly, percentiles within a bin", async () => {
    const section = dashboard.sections.find(({ id }) => id === "performance") ?? fail();
    const kept = await keptOf(section, START_MS);
    const [scan] = dailyScansOf(section, START_MS, START_MS + 86_400_000);
    const data = readScan(scan ?? fail(), rowsOfDays(scan ?? fail(), kept));
    const cache = data.find(({ panelId }) => panelId === "cache-hit-rate");
    const [hits] = await handWritten(
      "SELECT sum(_sample_interval * double5 * double13) / sum(_sample_interval * double5 * double12) AS n FROM monotask WHERE blob6 = 'request'",
    );
    expect(cache?.series[0]?.figure).toBeCloseTo(hits ?? 0, 9);
    const p95 = data.find(({ panelId }) => panelId === "latency-p95")?.series.find(({ group }) => group[0] === "/api/tasks");
    const [exact] = await handWritten(
      "SELECT quantileExactWeighted(0.95)(double1, toUInt32(_sample_interval * double5)) AS n FROM monotask WHERE blob6 = 'request' AND blob3 = '/api/tasks'",
    );
    expect(Math.abs((p95?.figure ?? 0) / (exact ?? 1) - 1)).toBeLessThan(0.12);
  });

  it("stays readable when panels change places: columns are found by what they measure", async () => {
    const section = dashboard.sections.find(({ id }) => id === "worker-health") ?? fail();
    const kept = await keptOf(section, START_MS);
    const turned = { ...section, panels: [...section.panels].reverse() };
    const [before] = dailyScansOf(section, START_MS, START_MS + 86_400_000);
    const [after] = dailyScansOf(turned, START_MS, START_MS + 86_400_000);
    const figures = (scan: Scan | undefined): unknown =>
      readScan(scan ?? fail(), rowsOfDays(scan ?? fail(), kept))
        .map((data) => [data.panelId, figuresOf(data)])
        .sort();
    expect(figures(after)).toEqual(figures(before));
  });
});

async function keptOf(section: Section, dayStartMs: number): Promise<DailyRows[]> {
  return Promise.all(
    dailyScans(section, dayStartMs).map(async ({ query }) => ({
      groupBy: query.groupBy,
      select: query.select,
      rows: await rowsOf(query),
    })),
  );
}

async function handWritten(sql: string): Promise<number[]> {
  const { data } = await server.query(`${sql} FORMAT JSON`);
  return data.map((row) => Number(row["n"]));
}

async function read(some: readonly QueryPanel[]): Promise<PanelData[]> {
  const scans = planScans(some, RANGE);
  const read = await Promise.all(scans.map(async (scan) => readScan(scan, await rowsOf(scan.query))));
  return read.flat();
}

async function rowsOf(query: Parameters<QueryPort["run"]>[0]): Promise<readonly Row[]> {
  const result = await port.run(query);
  if (result.kind !== "rows") throw new Error(result.kind === "failed" ? result.message : result.kind);
  return result.rows;
}

/** What a viewer reads; gaps depend on what else was measured, so the points are compared without zeros. */
function figuresOf(data: PanelData | undefined): unknown {
  return data?.series
    .map(({ group, label, most, points }) => ({
      key: [...group, label].join("|"),
      most: most?.toFixed(6),
      points: points.filter((point) => point !== null && point !== 0).map((point) => point?.toFixed(6)),
    }))
    .sort((a, b) => a.key.localeCompare(b.key));
}

function panelOf({ sections }: Dashboard, id: string): QueryPanel {
  const panel = sections.flatMap((section) => section.panels).find((candidate) => candidate.id === id);
  return panel !== undefined && isQueryPanel(panel) ? panel : fail();
}

function fail(): never {
  throw new Error("the shipped dashboard cannot be read");
}

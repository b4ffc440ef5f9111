import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import { isQueryPanel, parseDashboard, planScans, readScan } from "@monotask/panels";
import type { PanelData } from "@monotask/panels";
import { createSqlApi } from "@monotask/telemetry";
import { afterAll, beforeAll, expect, it } from "vitest";
import { historyPoints } from "../history/points.ts";
import { seededRandom } from "@monotask/analytics-engine-local";
import { isClose, PANEL_FIGURES, rangeOf, STEP_MS } from "./panel-figures.ts";
import { ROOT } from "./places.ts";

const END_MS = Date.UTC(2026, 10, 24, 12);
const FROM_MS = END_MS - 86_400_000;

const { dashboard } = parseDashboard(readFileSync(join(ROOT, "config/cloudflare-dashboard.json"), "utf8"));
const panels = (dashboard?.sections ?? []).flatMap(({ panels: all }) => all.filter(isQueryPanel));

let server: Awaited<ReturnType<typeof startAnalyticsEngine>>;
let shown: ReadonlyMap<string, PanelData>;

beforeAll(async () => {
  server = await startAnalyticsEngine({ port: 0 });
  const points = [...historyPoints(END_MS, seededRandom(3), 1)].filter(({ timestamp }) => timestamp >= FROM_MS);
  await server.write("monotask", points);
  const port = createSqlApi({ url: server.sqlUrl, token: server.token, dataset: "monotask" });
  const range = { fromMs: FROM_MS, toMs: END_MS, stepSeconds: STEP_MS / 1_000 };
  const all: PanelData[] = [];
  // As the dashboard reads them, a section at once: requests say in which steps no error is zero errors.
  for (const scan of (dashboard?.sections ?? []).flatMap((section) => planScans(section.panels.filter(isQueryPanel), range))) {
    const result = await port.run(scan.query);
    all.push(...readScan(scan, result.kind === "rows" ? result.rows : []));
  }
  shown = new Map(all.map((data) => [data.panelId, data]));
});

afterAll(() => server.close());

it("no panel is left out of the figures that are written by hand", () => {
  expect(panels.map(({ id }) => id).filter((id) => !PANEL_FIGURES.some(({ panel }) => panel === id))).toEqual([]);
});

it.each(PANEL_FIGURES.map(({ panel, sql }) => [panel, sql] as const))(
  "%s has data on the invented month, and its figures are those of SQL written by hand",
  async (id, sql) => {
    const { data: rows } = await server.query(`${sql(rangeOf(FROM_MS, END_MS))} FORMAT JSON`);
    const data = shown.get(id);
    const figures = [
      ...(data?.series.map(({ figure }) => figure ?? Number.NaN) ?? []),
      ...(data?.histogram === undefined ? [] : [data.histogram.counts.reduce((sum, count) => sum + count, 0)]),
    ];
    expect(figures.length).toBeGreaterThan(0);
    const wanted = rows.flatMap((row) =>
      Object.entries(row).flatMap(([name, value]) => (name === "name" ? [] : [Number(value)])),
    );
    expect(wanted.filter((value) => !figures.some((figure) => isClose(figure, value)))).toEqual([]);
  },
);

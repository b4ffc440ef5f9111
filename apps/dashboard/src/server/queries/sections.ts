import { compileSql } from "@monotask/telemetry";
import type { Query } from "@monotask/telemetry";
import { isQueryPanel, planScans, readScan, stepRange } from "@monotask/panels";
import type { Filters, PanelData, QueryPanel, Scan, Section } from "@monotask/panels";
import type { KeepAlive } from "./in-flight.ts";
import type { StepCache } from "./step-cache.ts";

export interface SectionRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly filters: Filters;
  readonly dataset: string;
  readonly keepAlive: KeepAlive;
}

/** A panel as the app gets it: figures, or why there are none, and always the SQL that reads them. */
export type PanelAnswer = { readonly sql: string } & (
  PanelData | { readonly panelId: string; readonly state: "failed"; readonly error: string }
);

export interface SectionAnswer {
  readonly sectionId: string;
  readonly panels: readonly PanelAnswer[];
  /** Statements sent for this answer; closed steps that were read before cost none. */
  readonly queries: number;
  /** Raw points, or what is kept of each day: then percentiles are estimates. */
  readonly source: "points" | "daily-aggregates";
}

const HOUR_MS = 3_600_000;

/** All panels of a section in one round trip: each scan is read once, whatever the number of its panels. */
export async function readSection(section: Section, cache: StepCache, request: SectionRequest): Promise<SectionAnswer> {
  const scans = scansOf(section.panels.filter(isQueryPanel), request);
  const read = await Promise.all(
    scans.map(async (scan) => {
      const { result, queries } = await cache.rows(scan, request.nowMs, request.keepAlive);
      if (result.kind !== "failed") {
        const data = readScan(scan, result.kind === "rows" ? result.rows : [], request.nowMs);
        return {
          queries,
          panels: data.map((panel): PanelAnswer => ({ ...panel, sql: sqlOf(scan, panel.panelId, request.dataset) })),
        };
      }
      const panels = scan.panels.map(({ panel }): PanelAnswer => {
        return { panelId: panel.id, state: "failed", error: result.message, sql: sqlOf(scan, panel.id, request.dataset) };
      });
      return { queries, panels };
    }),
  );
  return {
    sectionId: section.id,
    panels: read.flatMap(({ panels }) => panels),
    queries: read.reduce((total, { queries }) => total + queries, 0),
    source: "points",
  };
}

/** Panels with a rolling window of their own join the others' scan where the chosen range is that window. */
function scansOf(panels: readonly QueryPanel[], { fromMs, toMs, filters }: SectionRequest): Scan[] {
  const chosenHours = (toMs - fromMs) / HOUR_MS;
  const windows = new Map<number, QueryPanel[]>();
  for (const panel of panels) {
    const hours = panel.rangeHours ?? chosenHours;
    windows.set(hours, [...(windows.get(hours) ?? []), panel]);
  }
  return [...windows].flatMap(([hours, own]) => planScans(own, stepRange(toMs - hours * HOUR_MS, toMs), filters));
}

/** The panel's own statement, without those of its neighbours: what "copy as SQL" gives. */
function sqlOf(scan: Scan, panelId: string, dataset: string): string {
  const planned = scan.panels.find(({ panel }) => panel.id === panelId);
  if (planned === undefined) return "";
  const { where } = scan.query;
  const [alone] = planScans([planned.panel], scan.range);
  const query: Query = { ...(alone?.query ?? scan.query), ...(where !== undefined && { where }) };
  return compileSql(query, dataset);
}

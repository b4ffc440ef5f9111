import { compileSql } from "@monotask/telemetry";
import type { Query, QueryResult } from "@monotask/telemetry";
import { isQueryPanel, planScans, planWindows, readScan } from "@monotask/panels";
import type { Filters, PanelData, Scan, Section } from "@monotask/panels";
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

/** All panels of a section in one round trip: scans that are alike are read together, whatever the number of their panels. */
export async function readSection(section: Section, cache: StepCache, request: SectionRequest): Promise<SectionAnswer> {
  const { nowMs, filters, dataset, keepAlive } = request;
  const read = await Promise.all(
    planWindows(section.panels.filter(isQueryPanel), request, filters).map(async (scans) => {
      const { results, queries } = await cache.rows(scans, nowMs, keepAlive);
      return { queries, panels: scans.flatMap((scan, at) => panelsOf(scan, results[at], { nowMs, dataset })) };
    }),
  );
  return {
    sectionId: section.id,
    panels: read.flatMap(({ panels }) => panels),
    queries: read.reduce((total, { queries }) => total + queries, 0),
    source: "points",
  };
}

function panelsOf(
  scan: Scan,
  result: QueryResult | undefined,
  { nowMs, dataset }: Pick<SectionRequest, "nowMs" | "dataset">,
): PanelAnswer[] {
  if (result?.kind === "failed") {
    const error = result.message;
    return scan.panels.map(({ panel }) => ({
      panelId: panel.id,
      state: "failed",
      error,
      sql: sqlOf(scan, panel.id, dataset),
    }));
  }
  const data = readScan(scan, result?.kind === "rows" ? result.rows : [], nowMs);
  return data.map((panel) => ({ ...panel, sql: sqlOf(scan, panel.panelId, dataset) }));
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

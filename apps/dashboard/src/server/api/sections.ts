import type { Panel, Section } from "@monotask/panels";
import { readDailySection, windowStartMs } from "../queries/daily-section.ts";
import { readSection } from "../queries/sections.ts";
import type { SectionAnswer } from "../queries/sections.ts";
import type { ApiArea } from "./area.ts";
import { isLive, readRange } from "./time-range.ts";

/** The definition, and all panels of a section in one round trip. `overview` is the section of the panels marked for it. */
export const sectionRoutes: ApiArea = (api, deps) => {
  const { dashboard, cache, dataset, clock, keepAlive, evaluator } = deps;
  api.get("/api/definition", (c) => c.json(dashboard));
  api.get("/api/sections/:id", async (c) => {
    const id = c.req.param("id");
    const section = id === "overview" ? overviewOf(dashboard.sections) : dashboard.sections.find((one) => one.id === id);
    if (section === undefined) return c.json({ error: `there is no section "${id}"` }, 404);
    const range = readRange(c.req.query());
    if (range.kind === "invalid") return c.json({ error: range.error }, 400);
    if (!isLive(range, clock.now())) {
      const wanted = new Set(section.panels.map((panel) => panel.id));
      const sections =
        id === "overview"
          ? dashboard.sections.filter(({ panels }) => panels.some(({ isOnOverview }) => isOnOverview))
          : [section];
      const nowMs = clock.now();
      // A rolling window that ends now lies within the reach of points, however long the range is.
      const rolling = section.panels.filter((panel) => isRolling(panel, range, nowMs));
      const live = await readSection({ ...section, panels: rolling }, cache, { ...range, nowMs, dataset, keepAlive });
      const read = await Promise.all(sections.map((one) => readDailySection(one, evaluator, { ...range, nowMs })));
      const daily = read.flatMap((answer) => answer.panels).filter(({ panelId }) => wanted.has(panelId));
      const known = new Set(rolling.map((panel) => panel.id));
      const panels = [...live.panels, ...daily.filter(({ panelId }) => !known.has(panelId))];
      return c.json({ sectionId: id, panels, queries: live.queries, source: "daily-aggregates" } satisfies SectionAnswer);
    }
    return c.json(await readSection(section, cache, { ...range, nowMs: clock.now(), dataset, keepAlive }));
  });
};

function isRolling(panel: Panel, range: { readonly fromMs: number; readonly toMs: number }, nowMs: number): boolean {
  const fromMs = windowStartMs(panel, range);
  return fromMs !== range.fromMs && isLive({ fromMs, toMs: range.toMs }, nowMs);
}

export function overviewOf(sections: readonly Section[]): Section {
  const panels = sections.flatMap((section) => section.panels.filter(({ isOnOverview }) => isOnOverview));
  return { id: "overview", title: "Overview", empty: sections[0]?.empty ?? "", panels };
}

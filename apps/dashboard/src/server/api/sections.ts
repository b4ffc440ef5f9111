import type { Section } from "@monotask/panels";
import { readDailySection } from "../queries/daily-section.ts";
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
      const read = await Promise.all(sections.map((one) => readDailySection(one, evaluator, { ...range, nowMs: clock.now() })));
      const panels = read.flatMap((answer) => answer.panels).filter(({ panelId }) => wanted.has(panelId));
      return c.json({ sectionId: id, panels, queries: 0, source: "daily-aggregates" } satisfies SectionAnswer);
    }
    return c.json(await readSection(section, cache, { ...range, nowMs: clock.now(), dataset, keepAlive }));
  });
};

export function overviewOf(sections: readonly Section[]): Section {
  const panels = sections.flatMap((section) => section.panels.filter(({ isOnOverview }) => isOnOverview));
  return { id: "overview", title: "Overview", empty: sections[0]?.empty ?? "", panels };
}

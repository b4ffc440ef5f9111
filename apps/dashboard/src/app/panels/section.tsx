import type { Section } from "@monotask/panels";
import { useEffect } from "preact/hooks";
import { Failed } from "../parts/states.tsx";
import { useRead } from "../read.ts";
import { dataQuery } from "../time.ts";
import { useView } from "../viewer.ts";
import { PanelFrame } from "./panel.tsx";
import type { PanelAnswer } from "./panel.tsx";

interface SectionAnswer {
  readonly sectionId: string;
  readonly panels: readonly PanelAnswer[];
  readonly queries: number;
  readonly source: "points" | "daily-aggregates";
}

const NO_DAY_YET =
  "No day of it is kept yet. The evaluator keeps each day after its end, and catches up on one past day every two minutes.";

/** All panels of a section, read in one round trip. */
export function SectionPanels({ section }: { section: Section }) {
  const { turn, range, place } = useView();
  const loaded = useRead<SectionAnswer>(`/api/sections/${section.id}?${dataQuery(range, place)}`, turn);
  const wanted = place.query["panel"];
  const isReady = loaded.state === "ready";
  useEffect(() => {
    if (wanted !== undefined && isReady) document.getElementById(wanted)?.scrollIntoView({ block: "center" });
  }, [wanted, isReady]);
  if (loaded.state === "failed") return <Failed what={section.title} error={loaded.error} />;
  const answers = loaded.state === "ready" ? loaded.data.panels : [];
  const isDaily = loaded.state === "ready" && loaded.data.source === "daily-aggregates";
  const failed = answers.filter(({ state }) => state === "failed").length;
  return (
    <>
      {failed > 0 && failed < answers.length && (
        <p class="partial">
          {answers.length - failed} of {answers.length} panels answered
        </p>
      )}
      {isDaily && (
        <p class="panel-how">
          From what is kept of each day (UTC), because raw points go after three months: percentiles are estimates within 12 %,
          and what is narrowed to does not apply.
        </p>
      )}
      <div class="grid" data-section={section.id} data-ready={isReady}>
        {section.panels.map((panel) => (
          <PanelFrame
            key={panel.id}
            panel={panel}
            empty={isDaily ? NO_DAY_YET : section.empty}
            answer={answers.find(({ panelId }) => panelId === panel.id)}
          />
        ))}
      </div>
    </>
  );
}

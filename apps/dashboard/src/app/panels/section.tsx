import type { Panel, Section } from "@monotask/panels";
import { isQueryPanel } from "@monotask/panels";
import { useEffect } from "preact/hooks";
import { NotYet } from "../parts/not-yet.tsx";
import { Failed } from "../parts/states.tsx";
import { useRead } from "../read.ts";
import { dataQuery, spanText } from "../time.ts";
import { useView } from "../viewer.ts";
import { rangeBefore, whyNotComparable } from "./comparison.ts";
import { narrowedTo } from "./narrowing.ts";
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

/** What to do where nothing was sent: the panel's own words, or those of the section it is defined in, also on the overview. */
function emptyOf(panel: Panel, sections: readonly Section[]): string | undefined {
  const own = isQueryPanel(panel) ? panel.empty : undefined;
  return own ?? sections.find(({ panels }) => panels.some(({ id }) => id === panel.id))?.empty;
}

/** All panels of a section, read in one round trip; a second one while the period before is compared. */
export function SectionPanels({ section }: { section: Section }) {
  const { turn, range, place, dashboard, nowMs } = useView();
  const isFuture = range.fromMs > nowMs;
  const isCompared = place.query["compare"] === "1";
  const url = (wanted: typeof range): string => `/api/sections/${section.id}?${dataQuery(wanted, place)}`;
  const loaded = useRead<SectionAnswer>(isFuture ? undefined : url(range), turn);
  const earlier = useRead<SectionAnswer>(isCompared && !isFuture ? url(rangeBefore(range)) : undefined, turn);
  const wanted = place.query["panel"];
  const isReady = loaded.state === "ready";
  const isOther = loaded.state === "ready" && loaded.isOther;
  useEffect(() => {
    if (wanted !== undefined && isReady) document.getElementById(wanted)?.scrollIntoView({ block: "center" });
  }, [wanted, isReady]);
  if (isFuture) return <NotYet />;
  if (loaded.state === "failed") return <Failed what={section.title} error={loaded.error} />;
  const answers = loaded.state === "ready" ? loaded.data.panels : [];
  const apart =
    loaded.state === "ready" && earlier.state === "ready"
      ? whyNotComparable(loaded.data.source, earlier.data.source, narrowedTo(place.query).length > 0)
      : undefined;
  const before = isCompared && earlier.state === "ready" && apart === undefined ? earlier.data.panels : [];
  const isDaily = loaded.state === "ready" && loaded.data.source === "daily-aggregates";
  const failed = answers.filter(({ state }) => state === "failed").length;
  return (
    <>
      {failed > 0 && failed < answers.length && (
        <p class="partial" role="status">
          {answers.length - failed} of {answers.length} panels answered
        </p>
      )}
      {isDaily && (
        <p class="panel-how">
          From what is kept of each day (UTC), because raw points go after three months: percentiles are estimates within 12 %,
          and what is narrowed to does not apply.
        </p>
      )}
      {isCompared && (
        <p class="panel-how" data-ready={earlier.state !== "loading"}>
          {earlier.state === "failed"
            ? `The period before cannot be read: ${earlier.error}`
            : (apart ??
              `Compared with the ${spanText(range.toMs - range.fromMs)} before; panels with a single line show it dashed.`)}
        </p>
      )}
      <div class="grid" data-section={section.id} data-ready={isReady && !isOther} aria-busy={isOther}>
        {section.panels.map((panel) => (
          <PanelFrame
            key={panel.id}
            panel={panel}
            empty={isDaily ? NO_DAY_YET : (emptyOf(panel, dashboard.sections) ?? section.empty)}
            answer={answers.find(({ panelId }) => panelId === panel.id)}
            before={before.find(({ panelId }) => panelId === panel.id)}
          />
        ))}
      </div>
    </>
  );
}

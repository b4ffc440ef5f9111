import { SectionPanels } from "../panels/section.tsx";
import { useView } from "../viewer.ts";
import { DeadLetters } from "./dead-letters.tsx";

/** Backlog, rates, and the messages that need a person. */
export function QueuesPage() {
  const { dashboard } = useView();
  const section = dashboard.sections.find(({ id }) => id === "queue-metrics");
  return (
    <>
      <DeadLetters />
      {section !== undefined && <SectionPanels section={section} />}
    </>
  );
}

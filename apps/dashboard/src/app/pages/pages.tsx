import type { Section } from "@monotask/panels";
import type { ComponentChildren } from "preact";
import { AlertPage } from "./alert.tsx";
import { AlertsPage } from "./alerts.tsx";
import { ErrorGroupPage, ErrorsPage } from "./errors.tsx";
import { Overview } from "./overview.tsx";
import { QueuesPage } from "./queues.tsx";
import { RunbookPage, RunbooksPage } from "./runbooks.tsx";
import { SandboxesPage } from "./sandboxes.tsx";
import { SectionPage } from "./section.tsx";
import { SloPage, SlosPage } from "./slos.tsx";
import { Empty } from "../parts/states.tsx";
import { Link } from "../parts/link.tsx";

export interface Page {
  readonly title: string;
  readonly body: () => ComponentChildren;
}

/** The page of an address. */
export function pageOf(path: string, sections: readonly Section[]): Page {
  const [, area = "", name = ""] = path.split("/").map(decoded);
  switch (area) {
    case "":
      return { title: "Overview", body: () => <Overview /> };
    // What messages of alerts link to.
    case "workers":
      return { title: "Workers", body: () => <SectionPage id="worker-health" /> };
    case "sections":
      return { title: sections.find(({ id }) => id === name)?.title ?? "Workers", body: () => <SectionPage id={name} /> };
    case "slos":
      return name === ""
        ? { title: "SLOs", body: () => <SlosPage /> }
        : { title: name, body: () => <SloPage key={name} name={name} /> };
    case "alerts":
      return name === ""
        ? { title: "Alerts", body: () => <AlertsPage /> }
        : { title: "Alert", body: () => <AlertPage key={name} id={name} /> };
    case "errors":
      return name === ""
        ? { title: "Errors", body: () => <ErrorsPage /> }
        : { title: "Error group", body: () => <ErrorGroupPage key={name} fingerprint={name} /> };
    case "queues":
      return { title: "Queues", body: () => <QueuesPage /> };
    case "sandboxes":
      return { title: "Sandboxes", body: () => <SandboxesPage /> };
    case "runbooks":
      return name === ""
        ? { title: "Runbooks", body: () => <RunbooksPage /> }
        : { title: "Runbook", body: () => <RunbookPage key={name} name={name} /> };
    default:
      return {
        title: "Not found",
        body: () => (
          <Empty title={`There is no page ${path}`}>
            <Link to="/">Go to the overview</Link>
          </Empty>
        ),
      };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

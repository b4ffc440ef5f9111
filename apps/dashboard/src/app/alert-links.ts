import type { AlertItem } from "./evaluator.ts";

/** Where an alert is seen. */
export interface PanelPlace {
  readonly path: string;
  readonly panel: string | undefined;
}

const SECTION = /^\/sections\/[\w-]+$/;

/** The panel that the alert's messages link to: a queue's alert is no matter of worker health. Only its path is taken, never its host. */
export function panelOf({ dashboardUrl }: Pick<AlertItem, "dashboardUrl">): PanelPlace {
  const url = dashboardUrl === undefined ? null : URL.parse(dashboardUrl);
  if (url === null || !SECTION.test(url.pathname)) return { path: "/sections/worker-health", panel: undefined };
  return { path: url.pathname, panel: url.searchParams.get("panel") ?? undefined };
}

/** Matchers that fit this alert, one a line: a value may hold spaces. */
export function matchersFor({ name, labels }: Pick<AlertItem, "name" | "labels">): string {
  const { worker } = labels;
  return [`name=${name}`, ...(worker === undefined || worker === "" ? [] : [`worker=${worker}`])].join("\n");
}

export function matchersOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

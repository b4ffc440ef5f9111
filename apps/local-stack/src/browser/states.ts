import type { Page, Route } from "playwright-core";

/** A state that people meet when something is missing, and how the proof brings it about: on the wire, for a real page. */
export interface PageState {
  readonly name: string;
  readonly path: string;
  readonly arrange?: (page: Page) => Promise<unknown>;
  /** What must stand on the page. */
  readonly shows: RegExp;
}

const SECTION = "**/api/sections/**";

/** Each state of a page; `pastMs` is a moment within the invented month. */
export function pageStates(pastMs: number): readonly PageState[] {
  // The invented month ends an hour later, and nothing comes for some hours.
  const ended = `from=${pastMs - 3 * 3_600_000}&to=${pastMs + 5 * 3_600_000}`;
  const past = `from=${pastMs - 3_600_000}&to=${pastMs}`;
  return [
    {
      name: "empty",
      path: "/sections/worker-health?worker=nobody",
      shows: /Nothing of worker nobody in this range.*Wrap the handler: export default monitor\(handler\).*Show all again/s,
    },
    {
      name: "empty-overview",
      path: "/?worker=nobody",
      shows: /Wrap the handler: export default monitor\(handler\).*Wrap the consumer: queue: monitorQueue\(handler\)/s,
    },
    { name: "no-data", path: `/sections/queue-metrics?${ended}`, shows: /Last data point .* ago/s },
    {
      name: "error",
      path: "/sections/performance",
      arrange: (page) =>
        page.route(SECTION, (route) => route.fulfill({ status: 502, json: { error: "the SQL API refused the token (403)" } })),
      shows: /Performance Metrics cannot be shown.*the SQL API refused the token \(403\).*Try again/s,
    },
    {
      name: "partial",
      path: `/sections/queue-metrics?${past}`,
      arrange: (page) => page.route(SECTION, failFirstPanel),
      shows: /4 of 5 panels answered.*the statement took longer than 10 s/s,
    },
    {
      name: "evaluator-down",
      path: "/",
      arrange: (page) =>
        page.route("**/api/evaluator/**", (route) =>
          route.fulfill({
            status: 502,
            json: {
              error:
                "the evaluator does not answer (connection refused); see what it says with `wrangler tail monotask-evaluator`",
            },
          }),
        ),
      shows: /The evaluator cannot be asked.*Error budgets cannot be shown/s,
    },
    {
      name: "not-allowed",
      path: "/queues",
      arrange: (page) => page.route("**/api/start", asViewer),
      shows: /role operator is missing/,
    },
    { name: "locked-out", path: "/", arrange: lockOut, shows: /The dashboard cannot be opened.*You may not come in/s },
    { name: "unknown-page", path: "/nowhere", shows: /There is no page \/nowhere/ },
    { name: "long-range", path: "/sections/worker-health?range=1y", shows: /From what is kept of each day/ },
  ];
}

async function failFirstPanel(route: Route): Promise<void> {
  const answer = (await (await route.fetch()).json()) as { panels: { panelId: string; sql: string }[] };
  const [first, ...others] = answer.panels;
  const failed = { panelId: first?.panelId, sql: first?.sql, state: "failed", error: "the statement took longer than 10 s" };
  await route.fulfill({ json: { ...answer, panels: [failed, ...others] } });
}

async function asViewer(route: Route): Promise<void> {
  const answer = (await (await route.fetch()).json()) as { me: object };
  await route.fulfill({ json: { ...answer, me: { ...answer.me, name: "kim@monotask.dev", role: "viewer" } } });
}

async function lockOut(page: Page): Promise<void> {
  await page.route("**/api/**", (route) =>
    route.fulfill({ status: 403, contentType: "text/plain", body: "You may not come in: the Access token has expired.\n" }),
  );
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startStack, type Stack } from "../stack/stack.ts";
import { launch, open, settled } from "./browser.ts";
import { PROOF_PORT_BASE, ROOT } from "./places.ts";

/** Between the ports of the other proofs: both may run. */
const PORT_BASE = PROOF_PORT_BASE + 20;
const DAY_MS = 86_400_000;

let home: string;
let stack: Stack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "monotask-visitors-"));
  const realMs = Date.now();
  stack = await startStack({
    root: ROOT,
    homeDir: home,
    portBase: PORT_BASE,
    clock: { realMs, virtualMs: realMs, rate: 1 },
    samplingRate: 1,
    seed: 5,
  });
  browser = await launch();
});

beforeEach(async () => {
  await page?.context().close();
  complaints.length = 0;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

describe("an address", () => {
  it.each(["/slos/v1.2", "/errors/a.b", "/alerts/x.y", "/runbooks/none.md"])("%s opens its page", async (path) => {
    await open(page, address(path));
    expect(await page.locator("main h1, main h2, main b").count()).toBeGreaterThan(0);
  });

  it.each(["from=1e300&to=1e301", "from=8640000000000001&to=8640000000000002", "from=-5&to=10", "range=%00", "panel=%3Cb%3E"])(
    "with %s shows the last day",
    async (query) => {
      await open(page, address(`/?${query}`));
      expect(await page.getByRole("button", { name: "24 h", exact: true }).getAttribute("aria-pressed")).toBe("true");
      expect(complaints).toEqual([]);
    },
  );

  it("that narrows shows by what, however long that is, and each can be taken back", async () => {
    await open(page, address(`/slos?environment=preview&version=v9&worker=${"w".repeat(9_000)}`));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
    expect(await page.getByLabel("Environment", { exact: true }).inputValue()).toBe("preview");
    await page.getByRole("button", { name: /^environment preview/ }).click();
    await page.getByRole("button", { name: /^version v9/ }).click();
    expect([...new URL(page.url()).searchParams.keys()]).toEqual(["worker"]);
  });

  it.each(["/", "/errors"])("of %s with a range to come says so, and offers one that has been", async (path) => {
    const fromMs = stack.clock.now() + DAY_MS;
    await open(page, address(`${path}?from=${Math.round(fromMs)}&to=${Math.round(fromMs + DAY_MS)}`));
    await page.getByText(/still to come/).waitFor();
    await page.getByRole("button", { name: "Show the last 24 h" }).click();
    await settled(page);
    expect(new URL(page.url()).search).toBe("");
  });

  it.each(["/errors", "/runbooks/high-error-rate"])(
    "of %s with a year's range shows the month that can be read",
    async (path) => {
      await open(page, address(`${path}?range=1y`));
      expect(await page.getByText(/cannot be shown/).count()).toBe(0);
    },
  );
});

describe("the keyboard", () => {
  it("goes on from the content of a page that a link opened", async () => {
    await open(page, address("/"));
    await page.getByRole("link", { name: "All SLOs" }).focus();
    await page.keyboard.press("Enter");
    await settled(page);
    expect(await focused()).toBe("SLOs");
  });

  it("chooses any two moments as the range", async () => {
    await open(page, address("/slos"));
    await page.getByRole("button", { name: "Other" }).press("Enter");
    await page.getByLabel("from", { exact: true }).fill("2026-11-20T10:00");
    await page.getByLabel("to", { exact: true }).fill("2026-11-20T09:00");
    await page.getByText("The first has to lie before the second.").waitFor();
    await page.getByLabel("to", { exact: true }).fill("2026-11-20T12:00");
    await page.keyboard.press("Enter");
    const { searchParams } = new URL(page.url());
    expect(Number(searchParams.get("to")) - Number(searchParams.get("from"))).toBe(2 * 3_600_000);
  });

  it("reads a chart one moment after the other, and leaves it with Escape", async () => {
    await page.route("**/api/sections/**", async (route) => route.fulfill({ json: await measured(route) }));
    await open(page, address("/sections/worker-health"));
    const chart = page.locator("#requests-by-worker .chart");
    const tip = chart.locator(".chart-tip");
    const moment = (): Promise<string | null> => tip.locator(".chart-tip-time").textContent();
    await chart.focus();
    expect(await tip.isVisible()).toBe(false);
    await page.keyboard.press("ArrowLeft");
    await tip.waitFor();
    const newest = await moment();
    await page.keyboard.press("ArrowLeft");
    expect(await moment()).not.toBe(newest);
    await page.keyboard.press("End");
    expect(await moment()).toBe(newest);
    await page.keyboard.press("Escape");
    await tip.waitFor({ state: "hidden" });
  });

  it("meets the question of a change, leaves it with Escape, and is back where it was", async () => {
    await page.route("**/api/evaluator/silences", (route) => route.fulfill({ json: { silences: [SILENCE] } }));
    await open(page, address("/alerts"));
    await page.getByRole("button", { name: "End it" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("group", { name: /^End it/ }).waitFor();
    expect(await focused()).toMatch(/^End it: /);
    await page.keyboard.press("Escape");
    await page.locator("button:focus", { hasText: "End it" }).waitFor();
  });
});

describe("a page", () => {
  it.each<[what: string, answer: (route: Route) => Promise<void>, says: RegExp]>([
    ["whose reader is signed out says so", (route) => redirected(route), /not signed in any more: reload the page/],
    ["that is offline says so", (route) => route.abort(), /cannot be reached/],
    ["that gets a page of a proxy does not show its source", (route) => proxied(route), /answered 502 without JSON/],
  ])("%s", async (_, answer, says) => {
    await open(page, address("/sections/worker-health"));
    await page.route("**/api/**", answer);
    await page.getByTitle(/^Refreshes by itself/).click();
    await page.locator("main").getByText(says).first().waitFor();
    expect(await page.locator("main").textContent()).not.toContain("<html>");
  });

  it("asks once for what it asks beside its own code", async () => {
    await open(page, address("/"));
    const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
    const early = ["/api/start", "/api/evaluator/slos", "/api/evaluator/alerts"];
    expect(asked.filter((path) => early.includes(path)).toSorted()).toEqual(early.toSorted());
  });

  it("that cannot be drawn says so, beside the rest of the app", async () => {
    await page.route("**/api/evaluator/**", (route) => route.fulfill({ json: {} }));
    await page.goto(address("/alerts"));
    await page.getByText("This page cannot be drawn").waitFor();
    expect(await page.getByRole("navigation", { name: "Pages" }).isVisible()).toBe(true);
  });

  it("keeps the lines of its figures as wide as their panels when it is turned", async () => {
    await page.route("**/api/sections/**", async (route) => route.fulfill({ json: await measured(route) }));
    await open(page, address("/sections/worker-health"));
    await page.locator(".spark .uplot").first().waitFor();
    await page.setViewportSize({ width: 620, height: 900 });
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>(".stat .spark")].every(
        (host) => Math.abs(host.clientWidth - (host.querySelector<HTMLElement>(".uplot")?.offsetWidth ?? 0)) <= 1,
      ),
    );
  });
});

const SILENCE = {
  id: "s1",
  matchers: [{ label: "worker", op: "=", value: "api" }],
  fromMs: 0,
  untilMs: 4e12,
  by: "kim",
  why: "x",
};

function redirected(route: Route): Promise<void> {
  return route.fulfill({ status: 302, headers: { location: "https://team.cloudflareaccess.com/cdn-cgi/access/login" } });
}

function proxied(route: Route): Promise<void> {
  return route.fulfill({ status: 502, contentType: "text/html", body: "<html><h1>Bad gateway</h1></html>" });
}

/** The section's own answer, with a figure in each panel that is one. */
async function measured(route: Route): Promise<unknown> {
  const response = await route.fetch();
  const answer = (await response.json()) as { panels: { panelId: string }[] };
  const steps = [0, 60, 120];
  const series = [{ group: [], unit: "count", points: [1, 2, 3], figure: 3, most: 3, relativeError: 0 }];
  return { ...answer, panels: answer.panels.map((panel) => ({ ...panel, state: "data", steps, stepSeconds: 60, series })) };
}

function focused(): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent ?? "nothing";
  });
}

function address(path: string): string {
  return `${stack.addresses.dashboard}${path}`;
}

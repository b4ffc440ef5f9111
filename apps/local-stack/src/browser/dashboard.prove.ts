import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedHistory } from "../history/seed.ts";
import { switchFaults } from "../stack/fault-switches.ts";
import { until } from "../smoke/until.ts";
import { createEvaluatorApi } from "../stack/evaluator-api.ts";
import { startStack, type Stack } from "../stack/stack.ts";
import { FLAT } from "../traffic/day-shape.ts";
import { seededRandom } from "@monotask/analytics-engine-local";
import { startTraffic, type Traffic } from "../traffic/traffic.ts";
import { accessibilityViolations, figuresOf, launch, open, settled } from "./browser.ts";
import { HOSTILE_TEXTS, hostilePoints, TRAP } from "./hostile.ts";
import { expectedOf, isClose, PANEL_FIGURES, rangeOf, STEP_MS } from "./panel-figures.ts";
import { PROOF_PORT_BASE, ROOT, SHOTS } from "./places.ts";
import { createReads, type Reads } from "./reads.ts";
import { pageStates } from "./states.ts";

const HOUR_MS = 3_600_000;
/** As in the smoke run: an outage and its page pass in a minute. */
const SPEED = 30;
const PATIENCE_MS = 120_000;

const PAGES: readonly string[] = [
  "/",
  "/sections/worker-health",
  "/sections/queue-metrics",
  "/sections/performance",
  "/sections/resource-usage",
  "/sections/sandbox-metrics",
  "/slos",
  "/slos/api-availability",
  "/alerts",
  "/errors",
  "/queues",
  "/sandboxes",
  "/runbooks",
  "/runbooks/high-error-rate",
];
const SIZES: readonly (readonly [width: number, height: number])[] = [
  [390, 844],
  [1024, 768],
  [1440, 900],
];

let home: string;
let stack: Stack;
let traffic: Traffic;
let reads: Reads;
let browser: Browser;
let page: Page;
let historyEndMs: number;
const complaints: string[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "monotask-browser-"));
  const realMs = Date.now();
  const clock = { realMs, virtualMs: realMs, rate: SPEED };
  stack = await startStack({ root: ROOT, homeDir: home, portBase: PROOF_PORT_BASE, clock, samplingRate: 1, seed: 3 });
  reads = createReads(stack.addresses);
  // It ends before what the evaluator catches up on: the outage below must not drown in invented traffic.
  historyEndMs = Math.floor((realMs - 7 * HOUR_MS) / STEP_MS) * STEP_MS;
  await seedHistory(stack.addresses, { endMs: historyEndMs, random: seededRandom(3) });
  traffic = startTraffic({ baseUrl: stack.addresses.demo, perSecond: 18, shape: FLAT, peak: 1, seed: 3 });
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
});

afterAll(async () => {
  await browser?.close();
  await traffic?.stop();
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

describe("figures", () => {
  const sections = [...new Set(PANEL_FIGURES.map(({ section }) => section))];
  it.each(sections)("of every panel of %s are those of SQL written by hand", async (section) => {
    const toMs = historyEndMs - STEP_MS;
    const fromMs = toMs - 24 * HOUR_MS;
    await open(page, address(`/sections/${section}?from=${fromMs}&to=${toMs}`));
    for (const { panel, sql } of PANEL_FIGURES.filter((one) => one.section === section)) {
      const shown = await figuresOf(page, panel);
      const wanted = await reads.rows(sql(rangeOf(fromMs, toMs)));
      expect(Object.keys(shown).length, `${panel} shows figures`).toBeGreaterThan(0);
      for (const [name, figures] of Object.entries(shown)) {
        const expected = expectedOf(wanted, name);
        expect(expected, `${panel}: SQL has a row for "${name}"`).toBeDefined();
        expected?.forEach((value, at) =>
          expect(isClose(figures[at], value), `${panel} ${name}: ${figures[at]} is ${value}`).toBe(true),
        );
      }
    }
  });
});

describe("a section", () => {
  it("asks the SQL API once for a section, and for open steps alone when it is read again", async () => {
    const toMs = Math.round(stack.clock.now());
    expect(await reads.queriesOf("worker-health", toMs - 24 * HOUR_MS, toMs)).toBeLessThanOrEqual(1);
    for (const section of ["overview", "worker-health"])
      for (const hours of [1, 24, 168]) {
        await reads.queriesOf(section, toMs - hours * HOUR_MS, toMs);
        const laterMs = Math.round(stack.clock.now());
        expect(await reads.queriesOf(section, laterMs - hours * HOUR_MS, laterMs), `${section}, ${hours} h`).toBeLessThanOrEqual(
          1,
        );
      }
  });
});

describe("an error group", () => {
  it("says since when and until when, in which versions and on which routes, with its trend and a stack", async () => {
    const toMs = historyEndMs;
    await open(page, address(`/errors?from=${toMs - 24 * HOUR_MS}&to=${toMs}`));
    const fingerprint = (await page.locator(".group").first().getAttribute("data-fingerprint")) ?? "none";
    await page.locator(".group a").first().click();
    await settled(page);
    const own = `FROM monotask WHERE blob6 = 'error' AND blob15 = '${fingerprint}'`;
    const [seen] = await reads.rows(`SELECT toUInt32(min(timestamp)) AS first, toUInt32(max(timestamp)) AS last ${own}`);
    const shown = async (fact: string): Promise<number> =>
      Date.parse((await page.locator(`[data-fact=${fact}] time`).getAttribute("datetime")) ?? "") / 1_000;
    expect([await shown("first"), await shown("last")]).toEqual([Number(seen?.["first"]), Number(seen?.["last"])]);
    const within = `${own} AND timestamp >= toDateTime(${toMs / 1_000 - 86_400}) AND timestamp < toDateTime(${toMs / 1_000})`;
    const routes = await reads.rows(`SELECT blob3 AS name, count() AS n ${within} AND blob3 != '' GROUP BY name`);
    const affected = await page.getByLabel("Affected routes").textContent();
    for (const { name } of routes.slice(0, 8)) expect(affected).toContain(name);
    expect(await page.getByLabel("Versions").last().textContent()).toContain("synthetic-");
    expect(await page.locator(".chart canvas").count()).toBe(1);
    expect(await page.locator(".stack").first().textContent()).not.toBe("");
  });
});

describe("hostile texts", () => {
  it("are shown as they are, and nothing in them runs", async () => {
    const atMs = stack.clock.now();
    await reads.writePoints(hostilePoints(atMs - 60_000).map((point) => JSON.stringify(point)));
    for (const path of ["/errors", "/sections/worker-health", "/sections/performance", "/"]) {
      await open(page, address(`${path}?from=${atMs - HOUR_MS}&to=${atMs + HOUR_MS}`));
      expect(await page.evaluate(`window.${TRAP}`), path).toBeUndefined();
    }
    await open(page, address(`/errors?from=${atMs - HOUR_MS}&to=${atMs + HOUR_MS}`));
    const messages = await page.locator(".group-message").allTextContents();
    expect(messages).toContain(HOSTILE_TEXTS[0]);
    await open(page, address(`/errors/hostile1?from=${atMs - HOUR_MS}&to=${atMs + HOUR_MS}`));
    expect(await page.locator(".stack").first().textContent()).toBe(HOSTILE_TEXTS[1]);
    expect(await page.evaluate(`window.${TRAP}`)).toBeUndefined();
    expect(complaints).toEqual([]);
  });
});

describe("an outage", () => {
  it("shows within one refresh, is acknowledged and silenced by a confirmed POST alone, and leaves a trace", async () => {
    const api = createEvaluatorApi(stack.addresses.evaluator);
    await until(
      () => api.slos(),
      ({ slos }) => slos.some(({ state }) => state === "ok"),
      PATIENCE_MS,
    );
    await open(page, address("/"));
    await switchFaults(stack.addresses.demo, { errorRate: 0.5 });
    const fired = await until(
      () => api.alerts(),
      (alerts) => alerts.some(({ severity, isFiring }) => severity === "critical" && isFiring),
      PATIENCE_MS,
    );
    const alert = fired.find(({ severity }) => severity === "critical");
    // The page that stood open: one refresh, as it does by itself each minute.
    await page.getByTitle(/^Refreshes by itself/).click();
    await page.locator(".headline-critical").waitFor();
    expect(await page.locator(".headline").textContent()).toContain(alert?.summary.slice(0, 20) ?? "no summary");
    await page.locator(".alert-critical .alert-title").first().click();
    await settled(page);
    expect(await page.locator("h2").first().textContent()).toContain(alert?.summary.slice(0, 20) ?? "no summary");

    // A link of a message opens the page; nothing has changed by that.
    const link = page.url();
    await open(page, `${link}?do=acknowledge`);
    expect(await page.getByRole("button", { name: "Acknowledge" }).count()).toBe(1);

    await page.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByRole("button", { name: "Yes, acknowledge" }).click();
    await page.locator(".done").waitFor();
    await open(page, `${link}?do=silence`);
    await page.getByLabel(/^Why/).fill("a planned migration");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByText(/It would hide/).waitFor();
    await page.getByRole("button", { name: "Silence", exact: true }).click();
    await page.getByRole("button", { name: "Yes, silence" }).click();
    await page.getByText("Silenced", { exact: true }).waitFor();
    await open(page, address("/alerts"));
    expect(await page.locator("[aria-labelledby=silences]").textContent()).toContain("a planned migration");
    expect(await page.locator("[aria-labelledby=audit]").textContent()).toMatch(/acknowledge.*local|local.*acknowledge/s);
  });
});

interface Letters {
  readonly letters: readonly { readonly id: string }[];
}

describe("work that waits for a person", () => {
  it("dead letters are read, and sent again by a confirmed POST alone", async () => {
    await switchFaults(stack.addresses.demo, { poisonMessage: 3 });
    const letters = await until(
      () => reads.evaluator<Letters>("queues/dlq?state=stored&limit=200"),
      (answer) => answer.letters.length >= 3,
      PATIENCE_MS,
    );
    const id = letters.letters[0]?.id ?? "no letter";
    await open(page, address("/queues"));
    const row = page.locator(`[data-letter="${id}"]`);
    await row.getByRole("button").click();
    expect(await page.locator(".letter-body").first().textContent()).toContain(id);
    await row.getByRole("checkbox").check();
    await page.getByRole("button", { name: /^Redrive 1 of/ }).click();
    expect(await reads.stateOfLetter(id)).toBe("stored");
    await page.getByRole("button", { name: /^Yes, redrive/ }).click();
    await page.getByText("Redrive has begun").waitFor();
    const state = await until(
      () => reads.stateOfLetter(id),
      (now) => now === "redriven",
      PATIENCE_MS,
    );
    expect(state).toBe("redriven");
    await open(page, address("/alerts"));
    expect(await page.locator("[aria-labelledby=audit]").textContent()).toMatch(/redrive.*agent-jobs.*done/s);
  });

  it("a sandbox is cleaned up, and its place is free again", async () => {
    await switchFaults(stack.addresses.demo, { sandboxCapacity: 2 });
    const held = await until(
      () => reads.sandboxes(),
      (all) => all.filter(({ owner }) => owner === "capacity fault").length === 2,
      PATIENCE_MS,
    );
    const id = held.find(({ owner }) => owner === "capacity fault")?.id ?? "no sandbox";
    await open(page, address("/sandboxes"));
    const row = page.locator("li", { hasText: id });
    await row.getByRole("button", { name: "Clean up" }).click();
    await row.getByRole("button", { name: "Yes, clean up" }).click();
    await until(
      () => reads.sandboxes(),
      (all) => all.every((one) => one.id !== id),
      PATIENCE_MS,
    );
    await open(page, address("/sandboxes"));
    expect(await page.getByText(id, { exact: true }).count()).toBe(0);
  });
});

describe("looking closer", () => {
  it("a series narrows the page, and the period before stands beside this one", async () => {
    const toMs = historyEndMs - STEP_MS;
    await open(page, address(`/sections/worker-health?from=${toMs - 24 * HOUR_MS}&to=${toMs}`));
    await page.locator("#requests-by-worker .legend-series").first().click();
    await settled(page);
    expect(new URL(page.url()).searchParams.get("worker")).toBe("monotask-demo");
    await page.getByRole("button", { name: "Compare" }).click();
    await settled(page);
    const [now, before] = await Promise.all([0, 24 * HOUR_MS].map((back) => requestsIn(toMs - 24 * HOUR_MS - back, toMs - back)));
    const change = await page.locator("#request-rate .stat-before").getAttribute("data-change");
    expect(Number(change?.replace("−", "-").replace(" %", ""))).toBeCloseTo(((now ?? 0) / (before ?? 1) - 1) * 100, 0);
  });

  it("the replay of an objective says what its rules would have told", async () => {
    await open(page, address("/slos/api-availability"));
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await page.locator("[data-replayed]").waitFor({ timeout: PATIENCE_MS });
    const rules = await page.locator("[data-replayed] .lines li").allTextContents();
    expect(rules.find((text) => text.includes("page-fast"))).toMatch(/once|times/);
    expect(complaints).toEqual([]);
  });
});

describe("states", () => {
  it.each(pageStates(0).map(({ name }, at) => [name, at] as const))("%s says what to do", async (_, at) => {
    const state = pageStates(historyEndMs - HOUR_MS)[at];
    if (state === undefined) throw new Error("no such state");
    mkdirSync(SHOTS, { recursive: true });
    for (const [width, height] of SIZES.filter(([wide]) => wide !== 1024)) {
      const context = await browser.newContext({ viewport: { width, height } });
      const own = await context.newPage();
      own.setDefaultTimeout(PATIENCE_MS);
      await state.arrange?.(own);
      await own.goto(address(state.path), { waitUntil: "domcontentloaded" });
      await own.waitForFunction((source) => new RegExp(source, "s").test(document.body.innerText), state.shows.source);
      await own.screenshot({ path: join(SHOTS, `state-${state.name}-${width}.png`), fullPage: true });
      expect({ state: state.name, violations: await accessibilityViolations(own) }).toEqual({
        state: state.name,
        violations: [],
      });
      await context.close();
    }
  });
});

describe("every page", () => {
  it.each(["light", "dark"] as const)("has no serious finding of axe-core in %s", async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const own = await context.newPage();
    for (const path of PAGES) {
      await open(own, address(path));
      expect({ path, violations: await accessibilityViolations(own) }).toEqual({ path, violations: [] });
    }
    await context.close();
  });

  it.each(["light", "dark"] as const)("fits three sizes in %s, without scrolling sideways", async (colorScheme) => {
    mkdirSync(SHOTS, { recursive: true });
    for (const [width, height] of SIZES) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height } });
      const own = await context.newPage();
      for (const path of PAGES) {
        await open(own, address(path));
        const name = path.replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, "") || "overview";
        await own.screenshot({ path: join(SHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        expect([path, width, await own.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, width, width]);
      }
      await context.close();
    }
  });
});

function address(path: string): string {
  return `${stack.addresses.dashboard}${path}`;
}

async function requestsIn(fromMs: number, toMs: number): Promise<number> {
  const [row] = await reads.rows(
    `SELECT sum(_sample_interval * double5) AS n FROM monotask WHERE blob6 = 'request' AND blob2 = 'monotask-demo' AND ${rangeOf(fromMs, toMs).all}`,
  );
  return Number(row?.["n"]);
}

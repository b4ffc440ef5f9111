import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedHistory } from "../history/seed.ts";
import { startStack, type Stack } from "../stack/stack.ts";
import { seededRandom } from "@monotask/analytics-engine-local";
import { launch, settled } from "./browser.ts";
import { PROOF_PORT_BASE, ROOT, SHOTS } from "./places.ts";

/** Points of each route in a slot of the invented month: about a million in all. */
const DENSITY = Number(process.env["PROVE_DENSITY"] ?? 60);
const WARM_LOOKS = 5;

/** How long the page took, ms from the moment its address was opened. */
interface Look {
  /** Until the one line says whether anything is wrong, and the page answers to clicks. */
  readonly interactiveMs: number;
  /** Until every panel has answered. */
  readonly completeMs: number;
}

let home: string;
let stack: Stack;
let browser: Browser;
let page: Page;
let points: number;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "monotask-overview-"));
  const realMs = Date.now();
  // As `pnpm start` runs it: the clock is the real one, and a month of history ends now.
  const clock = { realMs, virtualMs: realMs, rate: 1 };
  stack = await startStack({ root: ROOT, homeDir: home, portBase: PROOF_PORT_BASE, clock, samplingRate: 1, seed: 3 });
  points = await seedHistory(stack.addresses, { endMs: realMs, random: seededRandom(3), density: DENSITY });
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

describe("the overview of 30 days", () => {
  it("opens and is whole each time; how soon is written down", async () => {
    const cold = await look();
    const warm: Look[] = [];
    while (warm.length < WARM_LOOKS) warm.push(await look());
    mkdirSync(SHOTS, { recursive: true });
    writeFileSync(join(SHOTS, "overview-ready.json"), `${JSON.stringify({ points, cold, warm }, undefined, 2)}\n`);
    const told = [cold, ...warm].map(({ interactiveMs, completeMs }) => `${interactiveMs}/${completeMs}`);
    console.log(`The overview of 30 days, ${points} points, ms until interactive/complete: ${told.join(" ")}`);
    expect(await page.locator(".panel").count()).toBeGreaterThan(8);
    expect(await page.locator("#request-rate [data-figure]").getAttribute("data-figure")).not.toBe("");
  });
});

async function look(): Promise<Look> {
  const startMs = performance.now();
  await page.goto(`${stack.addresses.dashboard}/?range=30d`, { waitUntil: "domcontentloaded" });
  await page.waitForSelector(".headline:not([aria-busy])");
  const interactiveMs = Math.round(performance.now() - startMs);
  await settled(page);
  return { interactiveMs, completeMs: Math.round(performance.now() - startMs) };
}

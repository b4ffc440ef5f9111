import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";

/** Debian's package; another one by CHROMIUM. */
const PATH = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * A browser to drive, installed first where there is none.
 * @throws Error that says how to get one
 */
export async function launch(): Promise<Browser> {
  if (!existsSync(PATH)) install();
  return chromium.launch({ executablePath: PATH, args: FLAGS });
}

/** Debian's Chromium, by apt: needs root. */
function install(): void {
  const how = "apt-get install -y --no-install-recommends chromium, or name another browser in CHROMIUM";
  if (process.env["CHROMIUM"] !== undefined) throw new Error(`CHROMIUM names ${PATH}, which is not there.`);
  const options = { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  const steps = [["update"], ["install", "-y", "--no-install-recommends", "chromium"]];
  const failed = steps.find((args) => spawnSync("apt-get", args, options).status !== 0);
  if (failed !== undefined || !existsSync(PATH)) throw new Error(`There is no ${PATH}, and it could not be installed: ${how}.`);
}

/** A busy machine takes its time; what never comes fails all the same. */
const PATIENCE_MS = 120_000;

/** Opens a page of the dashboard and waits until all of it has been answered. */
export async function open(page: Page, url: string): Promise<void> {
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await settled(page);
}

/** Until nothing is loading. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector(".headline:not([aria-busy])");
  await page.waitForFunction(() => document.querySelectorAll(".skeleton, [data-ready=false]").length === 0, undefined, {
    timeout: PATIENCE_MS,
  });
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

/** Serious and critical findings of axe-core. It is run from outside the page: its content security policy stays as it is. */
export async function accessibilityViolations(page: Page): Promise<Violation[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(source);
  const found = await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact: String(impact), nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 200) + " :: " + failureSummary) })))`,
  );
  return (found as Violation[]).filter(({ impact }) => impact === "serious" || impact === "critical");
}

/** Figures of a panel as the page holds them: by series, in the order of its columns. */
export async function figuresOf(page: Page, panelId: string): Promise<Readonly<Record<string, readonly number[]>>> {
  return page.evaluate((id) => {
    const figures: Record<string, number[]> = {};
    const panel = document.getElementById(id);
    for (const element of panel?.querySelectorAll<HTMLElement>("[data-figure]") ?? []) {
      const name = element.closest<HTMLElement>("[data-series]")?.dataset["series"] ?? "";
      (figures[name] ??= []).push(element.dataset["figure"] === "" ? Number.NaN : Number(element.dataset["figure"]));
    }
    return figures;
  }, panelId);
}

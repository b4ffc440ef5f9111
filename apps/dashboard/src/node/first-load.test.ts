import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const DIST = join(import.meta.dirname, "../../dist");
const KIB = 1_024;
/** Code that is loaded before the first page shows, gzipped. */
const BUDGET_BYTES = 200 * KIB;

const page = existsSync(DIST) ? readFileSync(join(DIST, "index.html"), "utf8") : "";
const scripts = [...page.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path ?? "");

describe("the first load", () => {
  it("is built: pnpm --filter @monotask/dashboard build", () => expect(scripts.length).toBeGreaterThan(0));

  it("needs at most 200 KiB of code, gzipped", () => {
    const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(DIST, path))).length, 0);
    expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it("leaves the replay's engine to whoever replays", () => {
    // As the code names it: files of earlier builds may lie beside it, since a build that comes from the cache clears nothing away.
    const code = scripts.map((path) => readFileSync(join(DIST, path), "utf8")).join("\n");
    const engines = [...new Set(code.match(/replay-worker-[\w-]+\.js/g))];
    expect(engines).toHaveLength(1);
    expect(readdirSync(join(DIST, "assets"))).toContain(engines[0]);
    expect(scripts.join()).not.toContain("replay-worker");
  });

  it("has no script or style of its own in the page, which the content security policy would refuse", () => {
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const PAGE = readFileSync(join(ROOT, "docs/specification-paths.md"), "utf8");

/** Every path that the product specification names, in its words. */
const NAMED = [
  "monitoring/cloudflare-dashboard.json",
  "monitoring/slos.yaml",
  "monitoring/runbooks/high-error-rate.md",
  "monitoring/runbooks/queue-backup.md",
  "monitoring/runbooks/database-slow.md",
  "monitoring/runbooks/worker-timeout.md",
  "monitoring/runbooks/sandbox-stuck.md",
  "packages/cloudflare-workers/monitoring/error-alerter.ts",
  "packages/cloudflare-workers/monitoring/performance-tracker.ts",
  "@monotask/monitoring",
  "@monotask/monitoring/middleware/error-tracker",
  "@monotask/monitoring/middleware/performance-middleware",
];

it.each(NAMED)("%s has its place here", (path) => {
  const line = PAGE.split("\n").find((row) => row.startsWith(`| \`${path}\` |`));
  expect(line, "a line of docs/specification-paths.md").toBeDefined();
  const [, target = ""] = /\]\(\.\.\/([^)]+)\)/.exec(line ?? "") ?? [];
  expect(existsSync(join(ROOT, target)), target).toBe(true);
});

it("the README leads to the page", () => {
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("docs/specification-paths.md");
});

it.each(["./middleware/error-tracker", "./middleware/performance-middleware", "."])("@monotask/monitoring exports %s", (path) => {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, "packages/monitoring/package.json"), "utf8"));
  expect(manifest).toHaveProperty(["exports", path]);
});

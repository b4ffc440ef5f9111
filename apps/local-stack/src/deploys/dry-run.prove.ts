import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../../..");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const outDir = mkdtempSync(join(tmpdir(), "monotask-dry-run-"));

/** No account, and nobody answers outside: whatever asked the network would fail. */
const CUT_OFF = {
  PATH: process.env["PATH"] ?? "",
  HOME: outDir,
  HTTPS_PROXY: "http://127.0.0.1:1",
  HTTP_PROXY: "http://127.0.0.1:1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CI: "true",
};

afterAll(() => rmSync(outDir, { recursive: true, force: true }));

it.each(["evaluator", "demo", "dashboard"])(
  "wrangler deploy --dry-run of the %s passes without account and network",
  async (app) => {
    const words = [WRANGLER, "deploy", "--dry-run", "--outdir", join(outDir, app)];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: join(ROOT, "apps", app), env: CUT_OFF });
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(stdout).toContain("Total Upload");
  },
);

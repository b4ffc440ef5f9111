import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The text of everything that a deploy would upload. */
    productionBundle: string;
  }
}

/** Builds what a deploy would upload, once for all tests, without an account. */
export default async function buildForProduction(project: TestProject): Promise<void> {
  const outdir = await mkdtemp(join(tmpdir(), "monotask-demo-"));
  try {
    await promisify(execFile)(process.execPath, [WRANGLER, "deploy", "--dry-run", "--outdir", outdir], {
      cwd: import.meta.dirname,
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
    });
    const scripts = (await readdir(outdir)).filter((name) => name.endsWith(".js"));
    const texts = await Promise.all(scripts.map((name) => readFile(join(outdir, name), "utf8")));
    project.provide("productionBundle", texts.join("\n"));
  } finally {
    await rm(outdir, { recursive: true });
  }
}

const WRANGLER = join(import.meta.dirname, "../../node_modules/wrangler/bin/wrangler.js");

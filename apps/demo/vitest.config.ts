import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";

/** The evaluator's part that the demo binds to: tests of the demo must not need the evaluator's build. */
const EVALUATOR = `
  import { DurableObject } from "cloudflare:workers";
  export class AlertManager extends DurableObject {
    async raise(batch) { return { accepted: batch.signals.length, duplicate: false }; }
  }
  export class SandboxRegistry extends DurableObject {
    async ask() { return { kind: "granted", waitMs: 0, orders: [], active: 1, waiting: 0 }; }
    async report() { return { isAlive: true, cause: null, orders: [] }; }
    async takeOrders() { return []; }
    async reconcile() { return { orphans: [], ghosts: [], started: [] }; }
  }
  export default { fetch: () => new Response(null, { status: 404 }) };
`;

export default defineProject(async () => ({
  plugins: [
    cloudflareTest({
      remoteBindings: false,
      wrangler: { configPath: "./wrangler.jsonc" },
      miniflare: {
        bindings: { LOG_LEVEL: "error", TEST_MIGRATIONS: await readD1Migrations(join(import.meta.dirname, "migrations")) },
        workers: [
          {
            name: "monotask-evaluator",
            modules: true,
            compatibilityDate: "2026-10-01",
            script: EVALUATOR,
            durableObjects: { AlertManager: "AlertManager", SandboxRegistry: "SandboxRegistry" },
          },
        ],
      },
    }),
  ],
  test: { name: "demo", include: ["src/**/*.worker.test.ts"], globalSetup: ["./production-build.ts"] },
}));

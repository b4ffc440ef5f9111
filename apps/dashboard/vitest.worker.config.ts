import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";

/** Says what it was asked, so that tests see what the dashboard passes on. */
const EVALUATOR = `
  export default {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const authorization = request.headers.get("authorization") === "Bearer test-api-token" ? "right" : "wrong";
      const status = pathname.includes("broken") ? 500 : 200;
      return Response.json({ path: pathname, authorization, body: await request.text() }, { status });
    },
  };
`;

export default defineProject(async () => ({
  plugins: [
    cloudflareTest({
      remoteBindings: false,
      wrangler: { configPath: "./wrangler.jsonc" },
      miniflare: {
        bindings: {
          OPEN_ON_LOOPBACK: "true",
          MONOTASK_API_TOKEN: "test-api-token",
          ANALYTICS_API_TOKEN: "test-analytics-token",
          TEST_MIGRATIONS: await readD1Migrations(join(import.meta.dirname, "migrations")),
        },
        workers: [{ name: "monotask-evaluator", modules: true, compatibilityDate: "2026-10-01", script: EVALUATOR }],
      },
    }),
  ],
  test: { name: "dashboard-worker", include: ["src/server/**/*.worker.test.ts"] },
}));

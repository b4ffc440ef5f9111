import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";

export default defineProject(async () => ({
  plugins: [
    cloudflareTest({
      remoteBindings: false,
      wrangler: { configPath: "./wrangler.jsonc" },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations(join(import.meta.dirname, "migrations")),
          MONOTASK_API_TOKEN: "test-token",
        },
      },
    }),
  ],
  test: { name: "evaluator", include: ["src/**/*.worker.test.ts"] },
}));

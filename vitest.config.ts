import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "scripts", include: ["scripts/**/*.test.ts", "config/**/*.test.ts"] } },
      "packages/*/vitest.config.ts",
      "packages/*/vitest.worker.config.ts",
      "apps/*/vitest.config.ts",
      "examples/vitest.config.ts",
      "apps/*/vitest.worker.config.ts",
    ],
    reporters: ["default", "./config/vitest/closing-line.ts"],
  },
});

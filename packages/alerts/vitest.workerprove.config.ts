import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";

export default defineProject({
  plugins: [cloudflareTest({ wrangler: { configPath: "./test/wrangler.jsonc" }, remoteBindings: false })],
  test: { name: "alerts-worker-prove", include: ["src/**/*.worker.prove.ts"], testTimeout: 120_000 },
});

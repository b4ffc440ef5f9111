import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";

export default defineProject({
  plugins: [cloudflareTest({ wrangler: { configPath: "./test/wrangler.jsonc" }, remoteBindings: false })],
  test: { name: "sandbox-prove", include: ["src/**/*.worker.prove.ts"], testTimeout: 600_000, hookTimeout: 600_000 },
});

import { join } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";
import { readSnippets, snippetModule } from "./test/snippets.ts";

/** The README's snippets as one module of functions. */
const snippets = {
  name: "readme-snippets",
  resolveId: (id) => (id === "virtual:snippets" ? join(import.meta.dirname, "test/snippets.generated.ts") : undefined),
  load: (id) => (id.endsWith("/snippets.generated.ts") ? snippetModule(readSnippets()) : undefined),
};

const dist = (path) => join(import.meta.dirname, "dist", path);

export default defineProject({
  // A package does not find itself by its name here: these are its published files.
  resolve: {
    alias: [
      { find: /^@monotask\/monitoring$/, replacement: dist("index.js") },
      { find: /^@monotask\/monitoring\/(middleware\/.+)$/, replacement: dist("$1.js") },
    ],
  },
  plugins: [
    snippets,
    cloudflareTest({
      wrangler: { configPath: "./test/wrangler.jsonc" },
      remoteBindings: false,
      // Slack never answers, GitHub does.
      miniflare: {
        outboundService: ({ url }) =>
          new URL(url).hostname === "hangs.test" ? new Promise(() => undefined) : Response.json({ ok: true }),
      },
    }),
  ],
  test: { name: "monitoring-worker", include: ["src/**/*.worker.test.ts"] },
});

import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";

/** The network of the tests: one peer that never answers, one that shows what it was sent, one that fails. */
function outbound(request) {
  const { hostname } = new URL(request.url);
  if (hostname === "hangs.test") return new Promise(() => undefined);
  if (hostname === "fails.test") return new Response("no", { status: 502 });
  return Response.json({ traceparent: request.headers.get("traceparent"), method: request.method });
}

export default defineProject({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./test/wrangler.jsonc" },
      remoteBindings: false,
      miniflare: { outboundService: outbound },
    }),
  ],
  test: { name: "middleware-worker", include: ["src/**/*.worker.test.ts"] },
});

import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineProject } from "vitest/config";

/** The network of the tests: one peer that never answers, one that shows what it was sent, one that fails. */
async function outbound(request) {
  const { hostname } = new URL(request.url);
  if (hostname === "hangs.test") return new Promise(() => undefined);
  if (hostname === "fails.test") return new Response("no", { status: 502 });
  const [traceparent, tracestate] = ["traceparent", "tracestate"].map((name) => request.headers.get(name));
  return Response.json({ traceparent, tracestate, method: request.method, body: await request.text() });
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

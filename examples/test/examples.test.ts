import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import hono from "../hono/index.ts";
import itty from "../itty-router/index.ts";
import { onRequest } from "../pages-function/functions/_middleware.ts";
// @ts-expect-error -- the example is plain JavaScript, without types
import plain from "../plain-js/index.js";
import { handle } from "../sveltekit/src/hooks.server.ts";

type AnyFetch = (request: Request, env: object, ctx: object) => Response | Promise<Response>;

const points: string[][] = [];
const env = {
  METRICS_SAMPLING_RATE: "1",
  ANALYTICS: { writeDataPoint: ({ blobs }: { blobs: string[] }) => void points.push(blobs) },
  ALERT_MANAGER: {},
  TASKS: { get: (name: string) => Promise.resolve(name === "groceries" ? "milk" : null) },
};
const ctx = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
const request = (): Request => new Request("https://app.test/api/tasks/groceries");

beforeEach(() => {
  points.length = 0;
  for (const method of ["warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** How each example is asked. */
const ASKED: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "hono/index.ts": () => (hono.fetch as unknown as AnyFetch)(request(), env, ctx),
  "itty-router/index.ts": () => (itty.fetch as unknown as AnyFetch)(request(), env, ctx),
  "plain-js/index.js": () => (plain as { fetch: AnyFetch }).fetch(request(), env, ctx),
  "sveltekit/src/hooks.server.ts": () =>
    handle({
      event: {
        request: request(),
        route: { id: "/api/tasks/[name]" },
        platform: { env, ctx: ctx as unknown as ExecutionContext },
      },
      resolve: () => new Response("milk"),
    }),
  "pages-function/functions/_middleware.ts": () =>
    onRequest({ request: request(), env, ...ctx, next: async () => new Response("milk") } as never),
};

describe.each(Object.keys(ASKED))("the example %s", (file) => {
  it("answers, and writes one request point with its route", async () => {
    const response = await ASKED[file]?.();
    expect(response?.status).toBe(200);
    const route = file.startsWith("sveltekit")
      ? "/api/tasks/[name]"
      : file.startsWith("pages")
        ? "/api/tasks/groceries"
        : "/api/tasks/:name";
    expect(points.filter((blobs) => blobs[5] === "request").map((blobs) => [blobs[2], blobs[4]])).toEqual([[route, "200"]]);
  });

  it("is bundled as wrangler bundles it", async () => {
    const resolver = createRequire(createRequire(import.meta.url).resolve("wrangler"));
    const esbuild = resolver("esbuild") as { build(options: object): Promise<{ warnings: unknown[] }> };
    const { warnings } = await esbuild.build({
      entryPoints: [join(import.meta.dirname, "..", file)],
      bundle: true,
      format: "esm",
      target: "es2022",
      conditions: ["workerd", "worker", "browser"],
      external: ["node:*", "cloudflare:*"],
      write: false,
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
  });
});

describe("the example itty-router/index.ts", () => {
  it("tells what a route throws, once, and answers it without its inside", async () => {
    const TASKS = { get: () => Promise.reject(new Error("Database is gone")) };
    const response = await (itty.fetch as unknown as AnyFetch)(request(), { ...env, TASKS }, ctx);
    expect([response.status, await response.json()]).toMatchObject([500, { error: "Internal server error" }]);
    const errors = points.filter((blobs) => blobs[5] === "error");
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("Database is gone");
  });
});

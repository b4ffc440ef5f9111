import { createExecutionContext } from "cloudflare:test";
import { createPerformanceTracker } from "@monotask/performance";
import { describe, expect, it } from "vitest";
import { call, env, request, watchPoints, written } from "../test/watched.ts";
import { outgoingCalls } from "../test/outgoing-calls.ts";
import type { TestEnv } from "../test/worker.ts";
import { monitor } from "./index.ts";

watchPoints();

describe("an environment that another library has wrapped", () => {
  // First in this file: the isolate's bindings are instrumented with the first environment that comes.
  it("has its bindings wrapped once by that library and counted once by us", async () => {
    const seen: string[] = [];
    const watchedKv = new Proxy(env.CACHE, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== "get" || typeof value !== "function") return value;
        return (...args: readonly unknown[]): unknown => {
          seen.push(String(args[0]));
          return Reflect.apply(value, target, args);
        };
      },
    });
    const wrapped = new Proxy(env, {
      get: (target, name) => (name === "CACHE" ? watchedKv : Reflect.get(target, name)) as unknown,
    });
    const own = {
      async fetch(_request: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        return new Response(await given.CACHE.get("nothing"));
      },
    };
    await monitor(own, { workerName: "wrapped" }).fetch(request("/"), wrapped, createExecutionContext());
    expect(seen).toEqual(["nothing"]);
    expect(written("request", "kvReads")).toEqual([[1]]);
  });
});

describe("bindings and outgoing calls", () => {
  it("land in the request's one point", async () => {
    await env.MONITORED.fetch("https://api.test/storage");
    const fields = ["kvReads", "kvHits", "kvWrites", "dbQueryCount", "r2ClassA", "r2ClassB", "queueSends", "externalCallCount"];
    expect(written("request", "endpoint", ...fields)).toEqual([["/storage", 5, 3, 1, 5, 1, 2, 3, 2]]);
  });

  it("tell the rows that the database read and wrote", async () => {
    await env.MONITORED.fetch("https://api.test/storage");
    const [[read, wrote]] = written("request", "dbRowsRead", "dbRowsWritten") as [[number, number]];
    expect(read).toBeGreaterThan(0);
    expect(wrote).toBeGreaterThanOrEqual(2);
  });

  it("become an external point for each call, with the host or the binding", async () => {
    await env.MONITORED.fetch("https://api.test/storage");
    expect(written("external", "host", "outcome", "statusCode", "method")).toEqual([
      ["RAW", "ok", "200", "GET"],
      ["upstream.test", "ok", "200", "GET"],
    ]);
  });

  it("are the same objects as before, and refuse a wrong this as before", async () => {
    await env.MONITORED.fetch("https://api.test/text");
    expect(Object.keys(env.CACHE)).toEqual([]);
    const { get } = env.CACHE;
    await expect(async () => get("x")).rejects.toThrow(/Illegal invocation/);
    expect(env.DB.constructor.name).toBe("D1Database");
  });

  it("outside a request are not counted, and work", async () => {
    await env.MONITORED.fetch("https://api.test/text");
    await env.CACHE.put("outside", "1");
    expect(await env.CACHE.get("outside")).toBe("1");
  });

  it("wrapped by hand are counted once", async () => {
    const own = {
      async fetch(_request: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        const tracker = createPerformanceTracker(given, "by-hand");
        tracker.startRequest();
        await tracker.wrapDbQuery(() => given.DB.prepare("SELECT 1 AS one").all());
        await tracker.wrapExternalApi(() => fetch("https://upstream.test/"));
        await given.DB.prepare("SELECT 2 AS two").all();
        return new Response();
      },
    };
    await call("/", { workerName: "by-hand" }, own);
    expect(written("request", "dbQueryCount", "externalCallCount")).toEqual([[2, 1]]);
  });

  it("that fail are failures, and the error is the original", async () => {
    const own = {
      async fetch(_request: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        await expect(given.DB.prepare("SELECT * FROM nowhere").all()).rejects.toThrow(/no such table/);
        await fetch("https://fails.test/");
        return new Response();
      },
    };
    await call("/", {}, own);
    expect(written("request", "dbQueryCount", "dbErrorCount", "externalCallCount")).toEqual([[1, 1, 1]]);
    expect(written("external", "host", "outcome", "statusCode")).toEqual([["fails.test", "error", "502"]]);
  });

  it("wrapped by hand are counted once also where a query builder sends them when it is awaited", async () => {
    const own = {
      async fetch(_request: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        const tracker = createPerformanceTracker(given, "builders");
        const statement = given.DB.prepare("SELECT 1 AS one");
        // oxlint-disable-next-line unicorn/no-thenable -- as query builders are
        const built: PromiseLike<unknown> = { then: (...settle) => statement.all().then(...settle) };
        await tracker.wrapDbQuery(() => built as Promise<unknown>);
        return new Response();
      },
    };
    await call("/", { workerName: "builders" }, own);
    expect(written("request", "dbQueryCount")).toEqual([[1]]);
  });

  it("of a script are as many queries as it has statements", async () => {
    const own = {
      async fetch(_request: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        await given.DB.exec("SELECT 1;\nSELECT 2;\nSELECT 3;");
        return new Response();
      },
    };
    await call("/", {}, own);
    expect(written("request", "dbQueryCount")).toEqual([[3]]);
  });

  it("and metrics of one's own share the request's id", async () => {
    const own = {
      async fetch(_request: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        await given.RAW.fetch("https://self.test/text");
        await createPerformanceTracker(given, "shares").trackCustomMetric("tasks", 1, "count");
        return new Response();
      },
    };
    await call("/", { workerName: "shares" }, own);
    const [id] = written("request", "requestId").flat();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect([...written("external", "requestId"), ...written("custom", "requestId")]).toEqual([[id], [id]]);
  });

  it("are counted once where somebody wraps fetch between two monitored handlers", async () => {
    await call("/text");
    const ours = globalThis.fetch;
    globalThis.fetch = (...args) => ours(...args);
    try {
      await call("/", { workerName: "second" }, { fetch: () => fetch("https://upstream.test/") });
    } finally {
      globalThis.fetch = ours;
    }
    expect(written("request", "workerName", "externalCallCount")).toContainEqual(["second", 1]);
  });
});

describe("the trace of a request", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: "vendor=1" };
  const ofTheTrace = expect.stringMatching(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`)) as string;

  /** What another service is sent by a request of this trace, or of none. */
  async function sent(fetchOut: (given: TestEnv) => Promise<Response>, init: RequestInit = { headers }): Promise<unknown> {
    const own = { fetch: (_request: Request, given: TestEnv, _ctx: ExecutionContext) => fetchOut(given) };
    const answer = await monitor(own, { workerName: "traced" }).fetch(request("/", init), env, createExecutionContext());
    return answer.json();
  }

  it("is continued in calls of fetch, with the state that its vendors keep, and none is started", async () => {
    const put = (): Promise<Response> => fetch("https://upstream.test/", { method: "PUT" });
    const state = { tracestate: "vendor=1" };
    expect(await sent(put)).toEqual({ traceparent: ofTheTrace, method: "PUT", body: "", ...state });
    expect(await sent(put, {})).toEqual({ traceparent: null, tracestate: null, method: "PUT", body: "" });
  });

  it("is continued in a call whose init is a Request, which keeps its method and body", async () => {
    const init = new Request("https://elsewhere.test/", { method: "POST", body: "kept" });
    const posted = await sent(() => fetch("https://upstream.test/", init));
    expect(posted).toMatchObject({ traceparent: ofTheTrace, method: "POST", body: "kept" });
  });

  it("is continued in a service binding", async () => {
    const headersSeen = await sent((given) => given.RAW.fetch("https://self.test/headers"));
    expect(headersSeen).toMatchObject({ traceparent: ofTheTrace });
  });

  it.each(Object.keys(outgoingCalls))("changes nothing else of a call %s", async (name) => {
    const outcome = async (): Promise<unknown> => {
      try {
        return await outgoingCalls[name]?.(env);
      } catch (error) {
        return String(error);
      }
    };
    let traced: unknown;
    const own = {
      async fetch(_request: Request, _env: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        traced = await outcome();
        return new Response();
      },
    };
    await monitor(own, { workerName: "traced" }).fetch(request("/", { headers }), env, createExecutionContext());
    expect(traced).toEqual(await outcome());
  });

  it("is left alone where the caller says one itself", async () => {
    const own = { headers: { traceparent: `00-${traceId}-1111111111111111-00` } };
    expect(await sent(() => fetch("https://upstream.test/", own))).toMatchObject(own.headers);
  });
});

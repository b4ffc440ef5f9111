import { describe, expect, it } from "vitest";
import { quietConsole, request, world, type Fetch } from "../test/world.ts";
import { createErrorTracker, createPerformanceMiddleware, monitor } from "./index.ts";

quietConsole();

describe("the error tracker", () => {
  it("answers with the error's own status and says what the caller did wrong", async () => {
    const { env, workerName } = world();
    const tracker = createErrorTracker(env, { workerName, captureStackTraces: true });
    const error = Object.assign(new Error("title is missing"), { status: 422 });
    const response = await tracker.onError(error, request(), { requestId: "req-1" });
    expect([response.status, await response.json()]).toEqual([422, { error: "title is missing", requestId: "req-1" }]);
  });

  it("answers 500 and tells nothing of the inside for any other error", async () => {
    const { env, workerName } = world();
    const tracker = createErrorTracker(env, { workerName });
    const response = await tracker.onError(new Error("password=hunter2 in /srv/app.ts"), request());
    expect([response.status, await response.json()]).toEqual([500, { error: "Internal server error", requestId: "ray1" }]);
  });

  it("leaves stack traces out where they are not wanted", async () => {
    const { env, workerName, written } = world();
    await createErrorTracker(env, { workerName, captureStackTraces: false }).trackError(new Error("one"), request());
    await createErrorTracker(env, { workerName, captureStackTraces: true }).trackError(new Error("two"), request());
    expect(written("error", "stack")).toEqual([[""], [expect.stringContaining("Error: two")]]);
  });

  it("and monitor count an error once where it is answered, and one that fails with its own status", async () => {
    for (const status of [undefined, 503, 422]) {
      const { env, ctx, workerName, written, raised, settle } = world();
      const errorTracker = createErrorTracker(env, { workerName });
      const fetch: Fetch = (incoming) => errorTracker.onError(Object.assign(new Error("gone"), { status }), incoming);
      const response = await monitor({ fetch }, { workerName }).fetch(request(), env, ctx);
      await settle();
      expect(response.status).toBe(status ?? 500);
      expect(written("error", "message", "statusCode")).toEqual([["gone", String(status ?? 500)]]);
      expect(written("request", "statusCode")).toEqual([[String(status ?? 500)]]);
      expect(raised.length).toBeLessThanOrEqual(1);
    }
  });

  it("and monitor count an error once where a router hands on a proxy of the request", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const errorTracker = createErrorTracker(env, { workerName });
    const thrown = new Error("gone");
    const fetch: Fetch = async (incoming) => {
      const proxy = new Proxy(incoming, { get: (target, name): unknown => Reflect.get(target, name, target) });
      await errorTracker.trackError(thrown, proxy, { operation: "load" });
      throw thrown;
    };
    await expect(monitor({ fetch }, { workerName }).fetch(request(), env, ctx)).rejects.toBe(thrown);
    await settle();
    expect(written("error", "operation")).toEqual([["load"]]);
  });

  it("and the middleware and monitor count one thrown value once, and the request once", async () => {
    const { env, ctx, workerName, written, raised, settle } = world();
    const errorTracker = createErrorTracker(env, { workerName });
    const perfMiddleware = createPerformanceMiddleware(env, { workerName });
    const thrown = new Error("Database is gone");
    const fetch: Fetch = (incoming) =>
      perfMiddleware.trackPerformance(incoming, async (tracker) => {
        try {
          return await tracker.wrapDbQuery(() => Promise.reject(thrown));
        } catch (error) {
          await errorTracker.trackError(error, incoming, { operation: "load" });
          throw error;
        }
      });
    await expect(monitor({ fetch }, { workerName }).fetch(request(), env, ctx)).rejects.toBe(thrown);
    await settle();
    expect(written("error", "operation")).toEqual([["load"]]);
    expect(written("request", "dbQueryCount", "statusCode")).toEqual([[1, "500"]]);
    expect(raised).toHaveLength(1);
  });
});

describe("the performance middleware", () => {
  it("writes the request's point and returns the handler's response", async () => {
    const { env, workerName, written } = world();
    const response = new Response();
    const perfMiddleware = createPerformanceMiddleware(env, { workerName });
    const answer = await perfMiddleware.trackPerformance(request(), async (tracker) => {
      await tracker.wrapExternalApi(() => 1);
      return response;
    });
    expect(answer).toBe(response);
    expect(written("request", "externalCallCount", "statusCode")).toEqual([[1, "200"]]);
  });

  it("returns what a handler returns also where it is no response", async () => {
    const { env, workerName } = world();
    const perfMiddleware = createPerformanceMiddleware(env, { workerName });
    expect(await perfMiddleware.trackPerformance(request(), () => undefined as never)).toBeUndefined();
  });

  it("writes the point of a request that a job makes", async () => {
    const { env, ctx, workerName, written } = world();
    const perfMiddleware = createPerformanceMiddleware(env, { workerName });
    const scheduled = async (_controller: object, _env: object, _ctx: object): Promise<void> => {
      await perfMiddleware.trackPerformance(request(), () => new Response(null, { status: 202 }));
    };
    await monitor({ scheduled }, { workerName }).scheduled({}, env, ctx);
    expect(written("request", "statusCode")).toEqual([["202"]]);
  });
});

describe("how errors are understood", () => {
  const classify = [{ match: "PaymentError", category: "payments", severity: "critical" }] as const;
  const declined = (..._args: readonly unknown[]): never => {
    throw Object.assign(new Error("declined"), { name: "PaymentError" });
  };

  it("is the user's to say, of monitor and of the tracker", async () => {
    const [under, tracked] = [world(), world()];
    const monitored = monitor({ fetch: declined }, { workerName: under.workerName, errors: { classify } });
    expect(() => monitored.fetch(new Request("https://api.test/"), under.env, under.ctx)).toThrow("declined");
    await under.settle();
    const tracker = createErrorTracker(tracked.env, { workerName: tracked.workerName, classify });
    await tracker.trackError(Object.assign(new Error("declined"), { name: "PaymentError" }));
    for (const { raised } of [under, tracked]) {
      expect(raised.flatMap(({ signals }) => signals.map(({ name }) => name))).toEqual(["error:payments"]);
    }
  });
});

import { columnOf, type Kind } from "@monotask/telemetry";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createErrorTracker, createPerformanceMiddleware, monitor, monotask, requestIdOf } from "./index.ts";

interface Point {
  readonly blobs: string[];
  readonly doubles: number[];
}

interface Raised {
  readonly signals: readonly { readonly name: string; readonly labels: Record<string, string> }[];
}

interface World {
  readonly env: Record<string, unknown>;
  readonly points: Point[];
  readonly raised: Raised[];
  readonly ctx: { waitUntil(work: Promise<unknown>): void };
  /** What `waitUntil` was given, awaited. */
  settle(): Promise<void>;
  /** Fields of the points of a kind. */
  written(kind: Kind, ...fields: string[]): unknown[][];
}

let workers = 0;

/** A worker of its own, so that the isolate's alert cooldown of another test does not hold its alerts back. */
function world(vars: Record<string, unknown> = {}): World & { workerName: string } {
  const points: Point[] = [];
  const raised: Raised[] = [];
  const works: Promise<unknown>[] = [];
  const manager = {
    raise: (batch: Raised) => {
      raised.push(batch);
      return Promise.resolve({ accepted: 1, duplicate: false });
    },
  };
  workers += 1;
  return {
    workerName: `worker-${workers}`,
    env: {
      METRICS_SAMPLING_RATE: "1",
      ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) },
      ALERT_MANAGER: { getByName: () => manager },
      ...vars,
    },
    points,
    raised,
    ctx: { waitUntil: (work) => void works.push(work) },
    settle: async () => {
      await Promise.all(works);
    },
    written: (kind, ...fields) =>
      points
        .filter((point) => point.blobs[5] === kind)
        .map((point) =>
          fields.map((field) => {
            const column = columnOf(kind, field);
            return column?.type === "blob" ? point.blobs[column.position - 1] : point.doubles[(column?.position ?? 0) - 1];
          }),
        ),
  };
}

type Fetch = (request: Request, env: object, ctx?: object) => Response | Promise<Response>;

const request = (path = "/api/tasks/42", init: RequestInit = {}): Request =>
  new Request(`https://api.test${path}`, { headers: { "cf-ray": "ray1" }, ...init });

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

beforeEach(() => {
  for (const method of ["log", "warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("monitor around fetch", () => {
  it("returns the very response, synchronously where the handler is", () => {
    const { env, ctx, workerName } = world();
    const response = new Response("hello");
    const fetch: Fetch = () => response;
    expect(monitor({ fetch }, { workerName }).fetch(request(), env, ctx)).toBe(response);
  });

  it("returns the very response of an asynchronous handler", async () => {
    const { env, ctx, workerName } = world();
    const response = new Response("hello");
    const fetch: Fetch = () => Promise.resolve(response);
    expect(await monitor({ fetch }, { workerName }).fetch(request(), env, ctx)).toBe(response);
  });

  it("writes one request point", () => {
    const { env, ctx, workerName, written } = world();
    const fetch: Fetch = () => new Response(null, { status: 204 });
    void monitor({ fetch }, { workerName }).fetch(request(), env, ctx);
    expect(written("request", "requestId", "workerName", "endpoint", "method", "statusCode", "outcome")).toEqual([
      ["ray1", workerName, "/api/tasks/:id", "GET", "204", "ok"],
    ]);
  });

  it.each([
    ["an error", new Error("Database is gone")],
    ["a text", "Database is gone"],
    ["null", null],
  ])("throws %s on as it is and writes one request and one error point", async (_what, thrown) => {
    const { env, ctx, workerName, written, settle } = world();
    const fetch: Fetch = () => {
      throw thrown;
    };
    const monitored = monitor({ fetch }, { workerName });
    expect(thrownBy(() => monitored.fetch(request(), env, ctx))).toBe(thrown);
    await settle();
    expect(written("request", "statusCode", "outcome", "kept")).toEqual([["500", "exception", "error"]]);
    expect(written("error", "requestId", "endpoint")).toEqual([["ray1", "/api/tasks/:id"]]);
  });

  it("rejects with the very value that an asynchronous handler rejects with", async () => {
    const { env, ctx, workerName } = world();
    const thrown = new Error("later");
    const fetch: Fetch = () => Promise.reject(thrown);
    await expect(monitor({ fetch }, { workerName }).fetch(request(), env, ctx)).rejects.toBe(thrown);
  });

  it("raises an alert for a throw", async () => {
    const { env, ctx, workerName, raised, settle } = world();
    const fetch: Fetch = () => Promise.reject(new Error("D1_ERROR: no such table"));
    await expect(monitor({ fetch }, { workerName }).fetch(request(), env, ctx)).rejects.toThrow();
    await settle();
    expect(raised.flatMap((batch) => batch.signals)).toMatchObject([{ name: "error:database", labels: { worker: workerName } }]);
  });

  it("raises an alert for an answer of 500 and above, and none below", async () => {
    const { env, ctx, workerName, raised, settle } = world();
    let status = 404;
    const fetch: Fetch = () => new Response(null, { status });
    const monitored = monitor({ fetch }, { workerName });
    void monitored.fetch(request(), env, ctx);
    await settle();
    expect(raised).toEqual([]);
    status = 502;
    void monitored.fetch(request(), env, ctx);
    await settle();
    expect(raised.flatMap((batch) => batch.signals)).toMatchObject([{ name: "error:external-api" }]);
  });

  it("keeps agent executions and task state transitions whatever the draw", () => {
    const { env, ctx, workerName, written } = world({ METRICS_SAMPLING_RATE: "0.1" });
    const fetch: Fetch = () => new Response();
    const monitored = monitor({ fetch }, { workerName, random: () => 0.999 });
    for (const path of ["/api/tasks/42/execute", "/api/tasks/42/transitions?to=done", "/api/tasks/42"]) {
      void monitored.fetch(new Request(request(path), { method: "POST" }), env, ctx);
    }
    // Reading what an execution did is none.
    void monitored.fetch(request("/api/tasks/42/execute"), env, ctx);
    expect(written("request", "endpoint", "kept")).toEqual([
      ["/api/tasks/:id/execute", "critical"],
      ["/api/tasks/:id/transitions", "critical"],
    ]);
  });

  it("serves every request without bindings and names each that is missing once", () => {
    const { workerName } = world();
    const fetch: Fetch = () => new Response("served");
    const monitored = monitor({ fetch }, { workerName });
    expect([monitored.fetch(request(), {}), monitored.fetch(request(), {})]).toMatchObject([{ status: 200 }, { status: 200 }]);
    const lines = vi.mocked(console.warn).mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes("ANALYTICS is not bound"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("ALERT_MANAGER is not bound"))).toHaveLength(1);
  });

  it.each([
    [
      "a dataset that throws",
      {
        ANALYTICS: {
          writeDataPoint: () => {
            throw new Error("no");
          },
        },
      },
    ],
    ["a dataset that rejects", { ANALYTICS: { writeDataPoint: () => Promise.reject(new Error("no")) } }],
    [
      "an alert manager that throws",
      {
        ALERT_MANAGER: {
          getByName: () => {
            throw new Error("no");
          },
        },
      },
    ],
    ["settings of a wrong type", { METRICS_SAMPLING_RATE: {}, LOG_LEVEL: 7, MONOTASK_CLOCK: "{" }],
  ])("serves every request with %s", async (_what, vars) => {
    const { env, ctx, workerName, settle } = world(vars);
    const response = new Response(null, { status: 500 });
    const fetch: Fetch = () => response;
    expect(monitor({ fetch }, { workerName }).fetch(request(), env, ctx)).toBe(response);
    await settle();
  });

  it("serves every request where its own options throw", () => {
    const { env, ctx, workerName } = world();
    const broken = (): never => {
      throw new Error("no");
    };
    const fetch: Fetch = () => new Response("served");
    const monitored = monitor({ fetch }, { workerName, route: broken, critical: broken, random: broken });
    expect(monitored.fetch(request(), env, ctx)).toMatchObject({ status: 200 });
  });

  it("does nothing where MONOTASK is off", () => {
    const { env, ctx, workerName, points } = world({ MONOTASK: "off" });
    const fetch: Fetch = () => new Response(null, { status: 500 });
    void monitor({ fetch }, { workerName }).fetch(request(), env, ctx);
    expect(points).toEqual([]);
  });

  it("counts a request object that is handled twice twice", () => {
    const { env, ctx, workerName, written } = world();
    const fetch: Fetch = () => new Response();
    const monitored = monitor({ fetch }, { workerName });
    const reused = request();
    void monitored.fetch(reused, env, ctx);
    void monitored.fetch(reused, env, ctx);
    expect(written("request", "requestId")).toHaveLength(2);
  });

  it("calls a class's handler on its own object", () => {
    const { env, ctx, workerName } = world();
    class Greeter {
      readonly #greeting = "hello";
      fetch(_request: Request, _env: object, _ctx: object): Response {
        return new Response(null, { headers: { greeting: this.#greeting } });
      }
    }
    expect(monitor(new Greeter(), { workerName }).fetch(request(), env, ctx).headers.get("greeting")).toBe("hello");
  });

  it("keeps 200 interleaved requests apart", async () => {
    const { env, ctx, workerName, written } = world();
    const fetch = async (incoming: Request, _env: object, _ctx: object): Promise<Response> => {
      await Promise.resolve();
      return new Response(null, { headers: { id: requestIdOf(incoming) } });
    };
    const monitored = monitor({ fetch }, { workerName, slowAfterMs: Infinity });
    const ids = Array.from({ length: 200 }, (_, index) => `ray-${index}`);
    const answers = await Promise.all(
      ids.map((id) => monitored.fetch(request(`/r/${id}`, { headers: { "cf-ray": id } }), env, ctx)),
    );
    expect(answers.map((answer) => answer.headers.get("id"))).toEqual(ids);
    expect(written("request", "requestId").flat().toSorted()).toEqual(ids.toSorted());
  });
});

describe("monotask() in Hono", () => {
  it("names the matched route pattern", async () => {
    const { env, ctx, workerName, written } = world();
    const tasks = new Hono().get("/:name", (c) => c.text(c.req.param("name")));
    const app = new Hono();
    app.use(monotask());
    app.use("/api/*", (_c, next) => next());
    app.route("/api/tasks", tasks);
    await monitor(app, { workerName }).fetch(request("/api/tasks/groceries"), env, fullContext(ctx));
    expect(written("request", "endpoint")).toEqual([["/api/tasks/:name"]]);
  });

  it("hands over the error that Hono caught", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const app = new Hono();
    app.use(monotask());
    app.get("/fails", () => {
      throw new Error("Database is gone");
    });
    app.onError((_error, c) => c.text("sorry", 500));
    await monitor(app, { workerName }).fetch(request("/fails"), env, fullContext(ctx));
    await settle();
    expect(written("error", "message", "category", "endpoint")).toEqual([["Database is gone", "database", "/fails"]]);
  });
});

function fullContext(ctx: World["ctx"]): ExecutionContext {
  return { ...ctx, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext;
}

describe("monitor around queue and scheduled", () => {
  interface FakeMessage {
    readonly timestamp: Date;
    ack(): void;
    retry(options?: object): void;
  }

  const message = (): FakeMessage => ({ timestamp: new Date(), ack: vi.fn(), retry: vi.fn() });
  interface FakeBatch {
    readonly queue: string;
    readonly messages: FakeMessage[];
  }

  it("writes a queue point for a batch, with what was retried", async () => {
    const { env, ctx, workerName, written } = world();
    const batch: FakeBatch = { queue: "agent-jobs", messages: [message(), message(), message()] };
    const retry = batch.messages[1]?.retry;
    const queue = (incoming: FakeBatch, _env: object, _ctx: object): Promise<void> => {
      incoming.messages[0]?.ack();
      incoming.messages[1]?.retry({ delaySeconds: 3 });
      return Promise.resolve();
    };
    await monitor({ queue }, { workerName }).queue(batch, env, ctx);
    expect(written("queue", "queue", "outcome", "batchSize", "okCount", "retriedCount")).toEqual([
      ["agent-jobs", "retried", 3, 2, 1],
    ]);
    expect(retry).toHaveBeenCalledExactlyOnceWith({ delaySeconds: 3 });
  });

  it("throws a consumer's error on and tells it", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const thrown = new Error("Queue consumer broke");
    const queue = (_batch: FakeBatch, _env: object, _ctx: object): Promise<void> => Promise.reject(thrown);
    await expect(monitor({ queue }, { workerName }).queue({ queue: "q", messages: [message()] }, env, ctx)).rejects.toBe(thrown);
    await settle();
    expect(written("queue", "outcome", "retriedCount")).toEqual([["failed", 1]]);
    expect(written("error", "category", "operation")).toEqual([["queue", "queue q"]]);
  });

  it("throws a scheduled handler's error on and tells it", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const thrown = new Error("cron broke");
    const scheduled = (_controller: object, _env: object, _ctx: object): void => {
      throw thrown;
    };
    expect(thrownBy(() => monitor({ scheduled }, { workerName }).scheduled({}, env, ctx))).toBe(thrown);
    await settle();
    expect(written("error", "message", "operation")).toEqual([["cron broke", "scheduled"]]);
  });
});

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

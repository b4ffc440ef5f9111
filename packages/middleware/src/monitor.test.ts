import { describe, expect, it, vi } from "vitest";
import { quietConsole, request, world, type Fetch } from "../test/world.ts";
import { createErrorTracker, monitor, requestIdOf } from "./index.ts";

quietConsole();

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

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

  it("takes what a caller has broken off for a disconnect, and for an error where the caller is there", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const fetch: Fetch = () => Promise.reject(new DOMException("The operation was aborted", "AbortError"));
    const monitored = monitor({ fetch }, { workerName });
    const caller = new AbortController();
    const answer = (): Promise<Response> =>
      Promise.resolve(monitored.fetch(new Request(request(), { signal: caller.signal }), env, ctx));
    await expect(answer()).rejects.toThrow("aborted");
    await settle();
    expect(written("error", "category")).toEqual([["timeout"]]);
    caller.abort();
    await expect(answer()).rejects.toThrow("aborted");
    await settle();
    expect(written("request", "statusCode", "outcome")).toEqual([
      ["500", "exception"],
      ["499", "client_disconnect"],
    ]);
    expect(written("error", "category")).toHaveLength(1);
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

  it("names a route by its path where the user's own function knows none", () => {
    const { env, ctx, workerName, written } = world();
    const fetch: Fetch = () => new Response();
    const route = ({ url }: Request): string | undefined => (url.endsWith("/known") ? "/the/known" : undefined);
    const monitored = monitor({ fetch }, { workerName, route });
    for (const path of ["/known", "/api/tasks/42"]) void monitored.fetch(request(path), env, ctx);
    expect(written("request", "endpoint")).toEqual([["/the/known"], ["/api/tasks/:id"]]);
  });

  it("keeps what a handler has on its prototype, and what it is an instance of", () => {
    const { workerName } = world();
    class App {
      readonly fetch = (): Response => new Response();
      routes(): string[] {
        return ["/"];
      }
    }
    const monitored = monitor(new App(), { workerName });
    expect(monitored).toBeInstanceOf(App);
    expect(monitored.routes()).toEqual(["/"]);
  });

  it("refuses a class, and options without a name, with what to do", () => {
    class Entrypoint {}
    expect(() => monitor(Entrypoint, { workerName: "entry" })).toThrow("for a class use monitorEntrypoint");
    expect(() => monitor({}, {} as never)).toThrow('options need a workerName: { workerName: "api-gateway" }');
  });

  it("samples on where each request brings an environment of its own", () => {
    const { env, ctx, workerName, points } = world({ METRICS_SAMPLING_RATE: "0.001", METRICS_FULL_RATE_PER_MINUTE: "3" });
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    vi.useFakeTimers({ toFake: ["Date"], now: 0 });
    const fetch: Fetch = () => new Response();
    const monitored = monitor({ fetch }, { workerName });
    for (let i = 0; i < 9; i += 1) void monitored.fetch(request(), { ...env }, ctx);
    vi.useRealTimers();
    expect(points).toHaveLength(3);
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

  it("that are monitored twice write one point", async () => {
    const { env, ctx, workerName, written } = world();
    const queue = (_batch: FakeBatch, _env: object, _ctx: object): Promise<void> => Promise.resolve();
    const twice = monitor(monitor({ queue }, { workerName: "inner" }), { workerName });
    await twice.queue({ queue: "q", messages: [message()] }, env, ctx);
    expect(written("queue", "workerName")).toEqual([[workerName]]);
  });

  it("that end later than their consumer's call, as an RPC call does, end with it", async () => {
    const { env, ctx, workerName, written } = world();
    const failing: PromiseLike<never> = { then: (...settle) => Promise.reject(new Error("worker is gone")).then(...settle) };
    const queue = (_batch: FakeBatch, _env: object, _ctx: object): PromiseLike<never> => failing;
    await expect(monitor({ queue }, { workerName }).queue({ queue: "q", messages: [message()] }, env, ctx)).rejects.toThrow();
    expect(written("queue", "outcome", "retriedCount")).toEqual([["failed", 1]]);
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

  it("tells an error that is kept and thrown in each run of a cron once in each", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const kept = new Error("no connection");
    const scheduled = async (_controller: object, bindings: object, _ctx: object): Promise<void> => {
      await createErrorTracker(bindings, { workerName }).trackError(kept);
      throw kept;
    };
    const cron = monitor({ scheduled }, { workerName });
    for (let run = 0; run < 3; run += 1) await expect(cron.scheduled({}, env, ctx)).rejects.toBe(kept);
    await settle();
    expect(written("error", "message")).toEqual([["no connection"], ["no connection"], ["no connection"]]);
  });
});

import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  introspectWorkflowInstance,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { createErrorAlerter } from "@monotask/errors";
import { describe, expect, it } from "vitest";
import { scenarios } from "../test/scenarios.ts";
import { call, env, points, request, watchPoints, written } from "../test/watched.ts";
import { handler, monitored, RoomObject, type TestEnv } from "../test/worker.ts";
import { createErrorTracker, createPerformanceMiddleware, measureBody, monitor, requestIdOf } from "./index.ts";

watchPoints();

/** What a caller sees of an answer: status, headers in order, body or its failure. */
async function seen(answer: Promise<Response>): Promise<unknown> {
  try {
    const response = await answer;
    const { status, statusText, headers, webSocket } = response;
    const body = webSocket ? await firstMessage(webSocket) : await response.bytes().then(Array.from, String);
    return { status, statusText, headers: [...headers], cookies: headers.getSetCookie(), body };
  } catch (error) {
    return { threw: String(error) };
  }
}

function firstMessage(socket: WebSocket): Promise<unknown> {
  socket.accept();
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      resolve(data);
      socket.close();
    });
    socket.send("hi");
  });
}

describe("an answer through monitor is the answer without it", () => {
  const inits: Readonly<Record<string, RequestInit>> = {
    "/echo": { method: "POST", body: "some text" },
    "/reused": { method: "POST", body: "once" },
    "/upgrade": { headers: { upgrade: "websocket" } },
  };
  it.each(Object.keys(scenarios))("%s", async (path) => {
    const ask = (service: Fetcher, init?: RequestInit): Promise<unknown> =>
      seen(service.fetch(`https://api.test${path}`, { redirect: "manual", ...init }));
    expect(await ask(env.MONITORED, inits[path])).toEqual(await ask(env.RAW, inits[path]));
    expect(written("request", "statusCode")).toHaveLength(1);
  });

  it("to a HEAD request", async () => {
    const init = { method: "HEAD" };
    expect(await seen(env.MONITORED.fetch("https://api.test/length", init))).toEqual(
      await seen(env.RAW.fetch("https://api.test/length", init)),
    );
  });

  it("and is the very same object, at once where the handler is synchronous", async () => {
    const response = new Response("one");
    const own = monitor({ fetch: (_request: Request, _env: object, _ctx: object) => response }, { workerName: "same" });
    expect(own.fetch(request("/"), env, createExecutionContext())).toBe(response);
    const promise = Promise.resolve(response);
    const later = monitor({ fetch: (_request: Request, _env: object, _ctx: object) => promise }, { workerName: "same" });
    expect(later.fetch(request("/"), env, createExecutionContext())).toBe(promise);
    await promise;
  });

  it("also where it is the promise of an RPC call, whose status and failure are the request's", async () => {
    const own = (ask: (given: TestEnv) => unknown): typeof handler => ({
      fetch: (_request, given) => ask(given) as Promise<Response>,
    });
    const answer = await call(
      "/",
      {},
      own(({ GREETER }) => GREETER.respond()),
    );
    expect([answer.status, await answer.text()]).toEqual([201, "from rpc"]);
    await expect(
      call(
        "/",
        {},
        own(({ GREETER }) => GREETER.fails()),
      ),
    ).rejects.toThrow("no greeting");
    expect(written("request", "statusCode", "outcome")).toEqual([
      ["201", "ok"],
      ["500", "exception"],
    ]);
  });

  it("and the context is the platform's own, with its own waitUntil", async () => {
    const ctx = createExecutionContext();
    const waitUntil = ctx.waitUntil;
    const order: string[] = [];
    const own = {
      fetch(_request: Request, _env: object, given: ExecutionContext): Response {
        expect(given).toBe(ctx);
        expect(given.waitUntil).toBe(waitUntil);
        for (const name of ["first", "second"]) given.waitUntil(Promise.resolve().then(() => void order.push(name)));
        return new Response();
      },
    };
    monitor(own, { workerName: "waits" }).fetch(request("/"), env, ctx);
    await waitOnExecutionContext(ctx);
    expect(order).toEqual(["first", "second"]);
  });
});

describe("with a request id header or measured bodies", () => {
  const options = { requestIdHeader: "x-request-id", measureBody };

  it.each(["/cookies", "/manual", "/json", "/empty", "/stream", "/length"])("%s keeps all else", async (path) => {
    const plain = await call(path);
    const shaped = await call(path, options);
    const id = shaped.headers.get("x-request-id");
    shaped.headers.delete("x-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await seen(Promise.resolve(shaped))).toEqual(await seen(Promise.resolve(plain)));
  });

  it("tells time and bytes of the body", async () => {
    await (await call("/stream", options)).text();
    expect(written("custom", "name", "unit", "dimension1")).toEqual([
      ["response_stream", "ms", "end=complete"],
      ["response_bytes", "bytes", "end=complete"],
    ]);
    expect(written("custom", "value")[1]).toEqual([13]);
  });

  it("tells a body that breaks in the middle", async () => {
    const ctx = createExecutionContext();
    const response = await monitor(handler, { workerName: "broken", ...options }).fetch(request("/broken-stream"), env, ctx);
    await expect(response.text()).rejects.toThrow("broke in the middle");
    await waitOnExecutionContext(ctx);
    expect(written("custom", "name", "dimension1")).toContainEqual(["response_stream", "end=failed"]);
  });
});

describe("200 requests at once", () => {
  it("cross nothing: ids, counts and trackers are each one's own", async () => {
    const own = {
      async fetch(incoming: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        const reads = Number(new URL(incoming.url).searchParams.get("reads"));
        for (let i = 0; i < reads; i += 1) await given.CACHE.get(`key-${i}`);
        return new Response(requestIdOf(incoming));
      },
    };
    // On a busy machine they are slow, and slow ones beyond 50 a second are thinned.
    const interleaved = monitor(own, { workerName: "interleaved", slowAfterMs: Infinity });
    const answers = Array.from({ length: 200 }, async (_, index) => {
      const init = { headers: { "cf-ray": `ray-${index}` } };
      return (await interleaved.fetch(request(`/r?reads=${index % 7}`, init), env, createExecutionContext())).text();
    });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 200 }, (_, index) => `ray-${index}`));
    const counted = new Map(written("request", "requestId", "kvReads").map(([id, reads]) => [id, reads]));
    expect(counted).toEqual(new Map(Array.from({ length: 200 }, (_, index) => [`ray-${index}`, index % 7])));
  });
});

describe("one error and one request", () => {
  it("are counted once, whoever sees them: trackError, onError, a tracker, the middleware and monitor", async () => {
    const own = {
      async fetch(incoming: Request, given: TestEnv, _ctx: ExecutionContext): Promise<Response> {
        const tracker = createErrorTracker(given, { workerName: "all-see-it" });
        const middleware = createPerformanceMiddleware(given, { workerName: "all-see-it" });
        return middleware.trackPerformance(incoming, async (performance) => {
          try {
            return await performance.wrapDbQuery(
              () => given.DB.prepare("SELECT * FROM nowhere").first<never>() as Promise<never>,
            );
          } catch (error) {
            await tracker.trackError(error, incoming, { operation: "load" });
            const response = await tracker.onError(error, incoming);
            await performance.endRequest(incoming, response);
            throw error;
          }
        });
      },
    };
    await expect(call("/", { workerName: "all-see-it" }, own as unknown as typeof handler)).rejects.toThrow("no such table");
    expect(written("error", "operation")).toEqual([["load"]]);
    expect(written("request", "statusCode", "dbQueryCount")).toEqual([["500", 1]]);
  });

  it("end at hand-over: sendAlert and onError answer while every channel hangs", async () => {
    const alerter = createErrorAlerter(env, "hands-over");
    await alerter.sendAlert(alerter.createErrorContext(new Error("Database connection failed"), request("/api/tasks"), {}));
    const tracker = createErrorTracker(env, { workerName: "hands-over-too" });
    const response = await tracker.onError(new Error("Database connection failed"), request("/"), { requestId: "r1" });
    expect([response.status, await response.json()]).toEqual([500, { error: "Internal server error", requestId: "r1" }]);
  });
});

describe("a batch of messages", () => {
  const consumers: Readonly<Record<string, (batch: MessageBatch) => unknown>> = {
    "that is acknowledged whole": (batch) => batch.ackAll(),
    "that is retried whole": (batch) => batch.retryAll({ delaySeconds: 7 }),
    "of which one is acknowledged and one retried": ({ messages: [first, second] }) => {
      first?.ack();
      second?.retry({ delaySeconds: 3 });
    },
    "of which one is acknowledged before a retry of all": (batch) => {
      batch.messages[0]?.ack();
      batch.retryAll();
    },
    "that nothing is said of": () => undefined,
    "whose consumer throws": () => {
      throw new RangeError("no");
    },
  };

  async function settled(queue: (batch: MessageBatch, given: TestEnv, ctx: ExecutionContext) => unknown): Promise<unknown> {
    const ids = ["a", "b", "c"];
    const batch = createMessageBatch(
      "jobs",
      ids.map((id) => ({ id, timestamp: new Date(0), attempts: 1, body: id })),
    );
    const ctx = createExecutionContext();
    try {
      await queue(batch, env, ctx);
    } catch (error) {
      return String(error);
    }
    return getQueueResult(batch, ctx);
  }

  it.each(Object.keys(consumers))("%s ends as without monitor", async (name) => {
    const own = { queue: (batch: MessageBatch, _env: TestEnv, _ctx: ExecutionContext) => consumers[name]?.(batch) };
    const { queue } = monitor(own, { workerName: "queues" });
    expect(await settled(queue)).toEqual(await settled(own.queue));
    expect(written("queue", "batchSize")).toEqual([[3]]);
  });
});

describe("classes", () => {
  it("a Durable Object's requests, calls and alarms are monitored, each once", async () => {
    const room = env.ROOMS.getByName("one");
    expect(await (await room.fetch("https://room.test/lobby")).text()).toBe("room /lobby");
    expect(await room.grow(3)).toBe(3);
    await runInDurableObject(room, (_instance, state) => state.storage.setAlarm(Date.now() + 60_000));
    expect(await runDurableObjectAlarm(room)).toBe(true);
    expect(await room.size()).toBe(13);
    expect(written("request", "endpoint", "kvReads")).toEqual([["/lobby", 1]]);
    expect(written("job", "event", "endpoint", "outcome")).toEqual([
      ["rpc", "RoomObject.grow", "ok"],
      ["alarm", "RoomObject.alarm", "ok"],
      ["rpc", "RoomObject.size", "ok"],
    ]);
    await runInDurableObject(room, (instance) => {
      expect(instance).toBeInstanceOf(RoomObject);
    });
  });

  it("a Durable Object's WebSocket is its own, and what it hears are jobs", async () => {
    const room = env.ROOMS.getByName("talks");
    const { webSocket } = await room.fetch("https://room.test/talk", { headers: { upgrade: "websocket" } });
    expect(webSocket && (await firstMessage(webSocket))).toBe("heard hi");
    expect(written("request", "endpoint", "statusCode")).toEqual([["/talk", "101"]]);
    expect(written("job", "event", "endpoint", "kvReads")).toEqual([["websocket", "RoomObject.webSocketMessage", 1]]);
  });

  it("a workflow's step that fails and passes at a later attempt is no error, and sees its own attempts", async () => {
    await using run = await introspectWorkflowInstance(env.IMPORTS, "passes");
    await run.modify((modifier) => modifier.disableRetryDelays());
    await env.IMPORTS.create({ id: "passes", params: { failures: 2 } });
    await run.waitForStatus("complete");
    expect(await run.getOutput()).toBe(3);
    expect(written("error", "errorName")).toEqual([]);
    expect(written("job", "event", "endpoint", "outcome")).toEqual([["workflow", "ImportWorkflow.run", "ok"]]);
    // One read in each attempt: steps run in calls of their own, and count into their run.
    expect(written("job", "kvReads")).toEqual([[3]]);
  });

  it("a workflow's run that fails for good is one error, however many attempts it took", async () => {
    await using run = await introspectWorkflowInstance(env.IMPORTS, "fails");
    await run.modify((modifier) => modifier.disableRetryDelays());
    await env.IMPORTS.create({ id: "fails", params: { failures: 9 } });
    await run.waitForStatus("errored");
    expect(written("error", "message", "operation")).toEqual([["attempt 3 failed", "workflow ImportWorkflow.run"]]);
    expect(written("job", "event", "endpoint", "outcome")).toEqual([["workflow", "ImportWorkflow.run", "exception"]]);
  });

  it("an entrypoint's methods answer as before: values, stubs, private state and errors", async () => {
    expect(await env.GREETER.greet("bo")).toBe("hello bo");
    expect(await env.GREETER.askedBy(env.RAW)).toBe("hello");
    using counter = await env.GREETER.counter();
    expect([await counter.next(), await counter.next()]).toEqual([1, 2]);
    await expect(Promise.resolve(env.GREETER.fails())).rejects.toThrow("no greeting");
    expect(written("job", "event", "endpoint", "outcome", "kvReads")).toEqual([
      ["rpc", "GreeterEntrypoint.greet", "ok", 1],
      ["rpc", "GreeterEntrypoint.askedBy", "ok", 0],
      ["rpc", "GreeterEntrypoint.counter", "ok", 0],
      ["rpc", "GreeterEntrypoint.fails", "exception", 0],
    ]);
    expect(written("error", "errorName", "operation")).toEqual([["RangeError", "rpc GreeterEntrypoint.fails"]]);
  });
});

describe("turned off or without bindings", () => {
  it("serves every request", async () => {
    for (const given of [{ ...env, MONOTASK: "off" }, {}]) {
      const response = await monitored.fetch(request("/text"), given as TestEnv, createExecutionContext());
      expect(await response.text()).toBe("hello");
    }
    expect(points).toEqual([]);
  });
});

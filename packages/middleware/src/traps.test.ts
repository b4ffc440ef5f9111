import { columnOf, type Kind } from "@monotask/telemetry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createErrorTracker, monitor, monitorDurableObject, requestIdOf } from "./index.ts";

// Where peers of this package have failed their users; each of these has cost somebody an outage or a bill.

const points: { blobs: string[]; doubles: number[] }[] = [];
const env = {
  METRICS_SAMPLING_RATE: "1",
  LOG_LEVEL: "error",
  ANALYTICS: { writeDataPoint: (point: (typeof points)[number]) => void points.push(point) },
  ALERT_MANAGER: { getByName: () => ({ raise: () => Promise.resolve({ accepted: 1, duplicate: false }) }) },
};
type Fetch = (request: Request, env: object, ctx?: object) => Response | Promise<Response>;

/** The part of Node's `process` that tells of failures. */
interface Events {
  on(name: string, listener: (reason: unknown) => void): void;
  rawListeners(name: string): ((reason: unknown) => void)[];
  removeAllListeners(name: string): void;
}

const request = (path = "/"): Request => new Request(`https://api.test${path}`);

function written(kind: Kind, field: string): unknown[] {
  const column = columnOf(kind, field);
  return points
    .filter(({ blobs }) => blobs[5] === kind)
    .map(({ blobs, doubles }) => (column?.type === "blob" ? blobs : doubles)[(column?.position ?? 0) - 1]);
}

beforeEach(() => {
  points.length = 0;
  for (const method of ["log", "warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("errors", () => {
  it("that a library keeps and throws in every request are counted in every request", async () => {
    const kept = new Error("not configured");
    const fetch: Fetch = () => Promise.reject(kept);
    const monitored = monitor({ fetch }, { workerName: "keeps" });
    for (let i = 0; i < 5; i += 1) await expect(monitored.fetch(request(), env)).rejects.toBe(kept);
    expect(written("error", "message")).toHaveLength(5);
  });

  it("of work after the response are told, with the request that it belongs to", async () => {
    const tasks: Promise<unknown>[] = [];
    const ctx = { waitUntil: (work: Promise<unknown>) => void tasks.push(work) };
    const fetch = (incoming: Request, given: object, context: typeof ctx): Response => {
      const tracker = createErrorTracker(given, { workerName: "later" });
      context.waitUntil(Promise.reject(new Error("too late")).catch((error: unknown) => tracker.trackError(error, incoming)));
      return new Response(requestIdOf(incoming));
    };
    const response = monitor({ fetch }, { workerName: "later" }).fetch(request("/later"), env, ctx);
    await Promise.all(tasks);
    expect(written("error", "requestId")).toEqual([await response.text()]);
  });
});

describe("the host's objects", () => {
  it("a context that lives as long as its Durable Object is never wrapped, so no chain grows on it", () => {
    const ctx = { waitUntil: (): void => undefined };
    const { waitUntil } = ctx;
    class Room {
      constructor(_ctx: object, _env: object) {}
      ping(): number {
        return 1;
      }
    }
    const room = new (monitorDurableObject(Room, { workerName: "rooms" }))(ctx, env);
    for (let i = 0; i < 10_000; i += 1) room.ping();
    expect(ctx.waitUntil).toBe(waitUntil);
    expect(Object.keys(ctx)).toEqual(["waitUntil"]);
  });

  it("a stub that answers to every name is not called to find out what it is", () => {
    const called: string[] = [];
    const stub: unknown = new Proxy(() => undefined, {
      get: (_target, name) => (typeof name === "string" ? stub : undefined),
      apply: () => called.push("called"),
    });
    const fetch: Fetch = () => new Response();
    const answer = monitor({ fetch }, { workerName: "stubs" }).fetch(request(), { ...env, SERVICE: stub });
    expect(answer).toBeInstanceOf(Response);
    expect(called).toEqual([]);
  });

  it("a binding that throws on every look is left alone, and costs nothing else", () => {
    const hostile: unknown = new Proxy(
      {},
      {
        get: () => {
          throw new Error("no");
        },
        getPrototypeOf: () => {
          throw new Error("no");
        },
      },
    );
    const fetch: Fetch = () => new Response();
    expect(monitor({ fetch }, { workerName: "hostile" }).fetch(request(), { ...env, HOSTILE: hostile })).toBeInstanceOf(Response);
    expect(written("request", "workerName")).toEqual(["hostile"]);
  });

  it("a binding's failure that nobody waits for is told by the runtime, as without monitoring", async () => {
    const failure = new Error("disk is full");
    class KvNamespace {
      get(): Promise<string> {
        return Promise.reject(failure);
      }
    }
    const CACHE = new KvNamespace();
    const fetch: Fetch = () => {
      void CACHE.get();
      return new Response();
    };
    const events = process as Events;
    const listeners = events.rawListeners("unhandledRejection");
    events.removeAllListeners("unhandledRejection");
    const told = new Promise((resolve) => events.on("unhandledRejection", resolve));
    try {
      void monitor({ fetch }, { workerName: "floating" }).fetch(request(), { ...env, CACHE });
      const passed = new Promise((resolve) => setImmediate(resolve, "passed in silence"));
      expect(await Promise.race([told, passed])).toBe(failure);
    } finally {
      events.removeAllListeners("unhandledRejection");
      for (const listener of listeners) events.on("unhandledRejection", listener);
    }
  });

  it("a handler that is monitored twice is counted once", async () => {
    const fetch: Fetch = async () => new Response();
    const twice = monitor(monitor({ fetch }, { workerName: "inner" }), { workerName: "outer" });
    await twice.fetch(request(), env);
    expect(written("request", "workerName")).toEqual(["outer"]);
  });
});

describe("what an isolate remembers", () => {
  it("a scanner's paths are one route, and take no place from real ones", () => {
    const fetch: Fetch = ({ url }) => new Response(null, { status: url.includes("/scan-") ? 404 : 200 });
    const monitored = monitor({ fetch }, { workerName: "scanned" });
    for (let i = 0; i < 30; i += 1)
      void monitored.fetch(request(`/scan-${"abcdefghijklmnopqrstuvwxyz".charAt(i % 26)}${"x".repeat(i)}`), env);
    void monitored.fetch(request("/real"), env);
    expect(new Set(written("request", "endpoint"))).toEqual(new Set(["(other)", "/real"]));
  });

  it("paths that are refused before they are routed leave half of the places to real ones", () => {
    const fetch: Fetch = ({ url }) => new Response(null, { status: url.includes("/guess-") ? 401 : 200 });
    const monitored = monitor({ fetch }, { workerName: "guarded", random: () => 0 });
    const words = Array.from({ length: 26 * 10 }, (_, at) => String.fromCharCode(97 + (at % 26)).repeat(1 + Math.floor(at / 26)));
    for (const word of words) void monitored.fetch(request(`/guess-${word}`), env);
    for (const word of words.slice(0, 80)) void monitored.fetch(request(`/real-${word}`), env);
    const routes = written("request", "endpoint").map(String);
    expect(routes.filter((route) => route.startsWith("/real-"))).toHaveLength(80);
    expect(routes.filter((route) => route === "(other)").length).toBeGreaterThan(100);
  });
});

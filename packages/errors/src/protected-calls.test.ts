import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BrokenCircuitError } from "cockatiel";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { protectedCalls, UpstreamError } from "../examples/protected-calls.ts";
import { classifyError } from "./index.ts";

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const ok: Answer = (response) => void response.end("ok");
/** Down, and says that trying again needs no wait. */
const down: Answer = (response) => void response.writeHead(503, { "retry-after": "0" }).end("down");
const resets: Answer = (_, request) => void request.socket.destroy();
const silent: Answer = () => undefined;

let server: Server;
let answer: Answer = ok;
let asked = 0;
let onAsked: () => void = () => undefined;
let url = "";

beforeEach(async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "log").mockReturnValue();
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
  asked = 0;
  answer = ok;
  server = createServer((request, response) => {
    asked += 1;
    answer(response, request);
    onAsked();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = typeof address === "object" && address ? `http://127.0.0.1:${address.port}/` : "";
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function world() {
  const states: string[] = [];
  const ANALYTICS = { writeDataPoint: (point: { blobs: string[] }) => void states.push(point.blobs.slice(10, 14).join(" ")) };
  const call = protectedCalls("github", { ANALYTICS }, "api-gateway");
  return { states, get: () => call((signal) => fetch(url, { signal })) };
}

/** Fails until the circuit is open. */
async function breakCircuit(get: () => Promise<Response>): Promise<void> {
  answer = down;
  for (let at = 0; at < 2; at += 1) await expect(get()).rejects.toThrow();
}

describe("calls of a service that is protected", () => {
  it("answer as the service does", async () => {
    const { get } = world();
    expect(await (await get()).text()).toBe("ok");
    expect(asked).toBe(1);
  });

  it("hand a 404 to the caller at once: it is no trouble of the service", async () => {
    answer = (response) => void response.writeHead(404).end();
    expect((await world().get()).status).toBe(404);
    expect(asked).toBe(1);
  });

  it.each([
    ["503", down],
    ["a connection that is reset", resets],
  ])("come through after %s", async (_, trouble) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    answer = (response, request) => (asked === 1 ? trouble(response, request) : ok(response, request));
    expect((await world().get()).status).toBe(200);
    expect(asked).toBe(2);
  });

  it("give up after three attempts, with the service's status and as another service's trouble", async () => {
    answer = down;
    const error: unknown = await world()
      .get()
      .catch((thrown: unknown) => thrown);
    expect(asked).toBe(3);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(classifyError(error)).toEqual({ category: "external-api", severity: "warning" });
  });

  it("stop while the service is down, and every change is a data point", async () => {
    const { get, states } = world();
    await breakCircuit(get);
    expect(states).toEqual(["circuit_state state breaker=github state=open"]);
    const before = asked;
    const refused: unknown = await get().catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(BrokenCircuitError);
    expect(classifyError(refused)).toEqual({ category: "external-api", severity: "warning" });
    expect(asked).toBe(before);
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining("circuit github is open"));
  });

  it("try once when the wait is over, and go on when that succeeds", async () => {
    const { get, states } = world();
    await breakCircuit(get);
    vi.setSystemTime(1_000_000 + 61_000);
    answer = ok;
    expect((await get()).status).toBe(200);
    expect(states.map((state) => state.split("state=")[1])).toEqual(["open", "half-open", "closed"]);
  });

  it("do not wait for another request's probe, and do not wait for ever for one that was lost", async () => {
    const { get } = world();
    await breakCircuit(get);
    vi.setSystemTime(1_000_000 + 61_000);
    answer = silent;
    const probed = new Promise<void>((resolve) => (onAsked = resolve));
    const probe = get().catch((thrown: unknown) => thrown);
    await probed;
    await expect(get()).rejects.toThrow("being tried out by another request");
    // The probing request was cancelled with its client: nobody will ever decide.
    vi.setSystemTime(1_000_000 + 61_000 + 10_000);
    answer = ok;
    expect((await get()).status).toBe(200);
    server.closeAllConnections();
    await probe;
  });

  it("end after five seconds of silence", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 1_000_000 });
    vi.spyOn(Math, "random").mockReturnValue(0);
    answer = silent;
    const { get } = world();
    let arrived = new Promise<void>((resolve) => (onAsked = resolve));
    const outcome = get().catch((thrown: unknown) => thrown);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await arrived;
      arrived = new Promise<void>((resolve) => (onAsked = resolve));
      await vi.advanceTimersByTimeAsync(5_000);
      await waitsToRepeat(attempt);
    }
    expect(classifyError(await outcome)).toEqual({ category: "timeout", severity: "warning" });
    expect(asked).toBe(3);
  });
});

/** Lets the wait between two attempts pass, once it has begun; after the last attempt there is none. */
async function waitsToRepeat(attempt: number): Promise<void> {
  if (attempt === 3) return;
  await vi.waitUntil(() => vi.getTimerCount() > 0, { interval: 1 });
  await vi.advanceTimersByTimeAsync(5_000);
}

it("the documentation shows the very code that is tested", () => {
  const page = readFileSync(new URL("../../../docs/circuit-breakers.md", import.meta.url).pathname, "utf8");
  const code = readFileSync(new URL("../examples/protected-calls.ts", import.meta.url).pathname, "utf8");
  expect(page).toContain(`\`\`\`ts\n${code}\`\`\``);
});

import { afterEach, describe, expect, it } from "vitest";
import { startUpstreams, type Upstreams } from "./index.ts";
import { logNormalLatency } from "./latency.ts";

let upstreams: Upstreams | undefined;

afterEach(async () => {
  await upstreams?.close();
  upstreams = undefined;
});

async function started(): Promise<Upstreams> {
  upstreams = await startUpstreams({ port: 0, seed: 7, latencyScale: 0, clock: { now: () => Date.UTC(2026, 0, 1) } });
  return upstreams;
}

function ask(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/claude/v1/messages`, { method: "POST", body: JSON.stringify(body) });
}

const PROMPT = { model: "claude", max_tokens: 100, messages: [{ role: "user", content: "Fix the login" }] };

describe("the stand-in for GitHub", () => {
  it("answers a repository with the same figures every time", async () => {
    const { url } = await started();
    const read = async (): Promise<unknown> => (await fetch(`${url}/github/repos/acme/app`)).json();
    const first = await read();
    expect(first).toMatchObject({ full_name: "acme/app", default_branch: "main" });
    expect(await read()).toEqual(first);
  });

  it("answers 404 for the owner nobody", async () => {
    const { url } = await started();
    const response = await fetch(`${url}/github/repos/nobody/app`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ message: "Not Found" });
  });
});

describe("the stand-in for Claude", () => {
  it("answers a message with its token counts", async () => {
    const { url } = await started();
    const response = await ask(url, PROMPT);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ type: "message", content: [{ type: "text" }], usage: { input_tokens: 4 } });
  });

  it("refuses a request without messages in Claude's error shape", async () => {
    const { url } = await started();
    const response = await ask(url, { model: "claude", max_tokens: 1, messages: [] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
  });
});

describe("the switches", () => {
  const flip = (url: string, body: unknown): Promise<Response> =>
    fetch(`${url}/__faults`, { method: "POST", body: JSON.stringify(body) });

  it("reset every connection while down, and answer again afterwards", async () => {
    const { url } = await started();
    await flip(url, { down: true });
    await expect(fetch(`${url}/github/repos/acme/app`)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    await fetch(`${url}/__faults`, { method: "DELETE" });
    expect((await fetch(`${url}/github/repos/acme/app`)).status).toBe(200);
  });

  it("answer 429 with Retry-After while rate limited", async () => {
    const { url, setFault } = await started();
    setFault({ rateLimited: true });
    const github = await fetch(`${url}/github/repos/acme/app`);
    const claude = await ask(url, PROMPT);
    expect([github.status, claude.status]).toEqual([429, 429]);
    expect([github.headers.get("retry-after"), claude.headers.get("retry-after")]).toEqual(["5", "5"]);
  });

  it("keep an answer back while slow", async () => {
    const { url, setFault } = await started();
    setFault({ slowMs: 60_000 });
    await expect(fetch(`${url}/github/repos/acme/app`, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });

  it("refuse a name they do not know and list those they do", async () => {
    const { url } = await started();
    const response = await flip(url, { dwon: true });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("Known: down (true or false), slowMs (0 to 60000), rateLimited");
  });
});

describe("the waiting times", () => {
  it("have the asked median and repeat with their seed", () => {
    const draw = (): number[] => {
      const next = logNormalLatency({ seed: 3, medianMs: 250, sigma: 0.5, scale: 1 });
      return Array.from({ length: 2_001 }, next);
    };
    const sorted = draw().sort((a, b) => a - b);
    expect(sorted[1_000]).toBeGreaterThan(235);
    expect(sorted[1_000]).toBeLessThan(265);
    expect(draw()).toEqual(draw());
  });
});

it("a taken port is named in the error", async () => {
  const { port } = await started();
  await expect(startUpstreams({ port, seed: 1 })).rejects.toThrow(`cannot listen on port ${port}`);
});

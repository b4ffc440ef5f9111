import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "./answer.ts";
import { claudeAnswer, claudeLimited } from "./claude.ts";
import { changeFaults, NO_UPSTREAM_FAULTS, type UpstreamFaults } from "./faults.ts";
import { githubAnswer, githubLimited } from "./github.ts";
import { logNormalLatency, type LatencySource } from "./latency.ts";

export type { UpstreamFaults } from "./faults.ts";

export interface UpstreamOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The same seed gives the same waiting times in the same order. */
  readonly seed: number;
  /** Only dates in answers follow it; waiting takes real time. */
  readonly clock?: { now(): number };
  /** Multiplies the waiting times: 1 (default) is realistic, 0 answers at once. */
  readonly latencyScale?: number;
}

export interface Upstreams {
  /** `http://127.0.0.1:PORT`: GitHub is below `/github`, Claude below `/claude`, the switches at `/__faults`. */
  readonly url: string;
  readonly port: number;
  /** Changes the named switches and leaves the others. */
  setFault(faults: Partial<UpstreamFaults>): void;
  close(): Promise<void>;
}

/**
 * Starts stand-ins for GitHub and Claude on loopback.
 * @throws when the port is taken, with its number
 */
export async function startUpstreams({
  port,
  seed,
  clock = { now: () => Date.now() },
  latencyScale = 1,
}: UpstreamOptions): Promise<Upstreams> {
  const closing = new AbortController();
  const latency: Record<Service, LatencySource> = {
    github: logNormalLatency({ seed, medianMs: 40, sigma: 0.4, scale: latencyScale }),
    claude: logNormalLatency({ seed: seed + 1, medianMs: 250, sigma: 0.5, scale: latencyScale }),
  };
  let faults = NO_UPSTREAM_FAULTS;

  const switches = (method: string, body: unknown): Answer => {
    if (method === "DELETE") faults = NO_UPSTREAM_FAULTS;
    if (method === "POST") {
      const changed = changeFaults(faults, body);
      if (!changed.ok) return { status: 400, body: { error: changed.message } };
      faults = changed.faults;
    }
    return { status: 200, body: faults };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? "GET";
    const { pathname } = new URL(request.url ?? "/", "http://upstreams");
    const body = await jsonBody(request);
    if (pathname === "/__faults") return write(response, switches(method, body));
    if (pathname === "/health") return write(response, { status: 200, body: { status: "ok" } });
    const [, service, path] = /^\/(github|claude)(\/.*)$/.exec(pathname) ?? [];
    if (!isService(service) || path === undefined)
      return write(response, { status: 404, body: { error: "Try /github/… or /claude/…" } });

    // Drawn even where nothing waits, so that a fault does not shift the times after it.
    const delayMs = latency[service]();
    if (faults.down) {
      request.socket.resetAndDestroy();
      return;
    }
    if (faults.rateLimited) {
      return write(response, service === "github" ? githubLimited(clock.now(), RETRY_AFTER_S) : claudeLimited(RETRY_AFTER_S));
    }
    await wait(delayMs + faults.slowMs, undefined, { signal: closing.signal });
    write(response, service === "github" ? githubAnswer(method, path, clock.now()) : claudeAnswer(method, path, body));
  };

  const server = createServer((request, response) => {
    // Only a connection that is gone, or the end of the server, gets here.
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.listen(port, "127.0.0.1");
  await listening(server, port);
  const { port: actualPort } = addressOf(server.address());

  return {
    url: `http://127.0.0.1:${actualPort}`,
    port: actualPort,
    setFault(change) {
      faults = { ...faults, ...change };
    },
    async close() {
      closing.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Service = "github" | "claude";

/** Short, so that a local run sees the limit end. */
const RETRY_AFTER_S = 5;

function isService(name: string | undefined): name is Service {
  return name === "github" || name === "claude";
}

async function listening(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new Error(
      `The stand-ins for GitHub and Claude cannot listen on port ${port}: ${String(cause)}. Free the port or choose another.`,
      { cause },
    );
  }
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("The server has no TCP address.");
  return address;
}

/** The parsed body; undefined when it is empty or not JSON. */
async function jsonBody(request: IncomingMessage): Promise<unknown> {
  request.setEncoding("utf8");
  let text = "";
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

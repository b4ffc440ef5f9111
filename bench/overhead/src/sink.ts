import { createServer, type Server } from "node:http";

/** What every worker of the benchmark talks to, counted by path: KV, D1, the upstream, Analytics Engine, Sentry, OTLP. */
export interface Sink {
  readonly port: number;
  /** Requests and bytes since the last look, apart from those that the application itself makes. */
  take(): { requests: number; bytes: number };
  close(): void;
}

const ROWS = {
  success: true,
  results: [{ id: 1, name: "a" }],
  meta: { duration: 0.1, rows_read: 1, rows_written: 0, changes: 0 },
};

export async function startSink(): Promise<Sink> {
  let [requests, bytes] = [0, 0];
  const server: Server = createServer((request, response) => {
    const url = request.url ?? "";
    const isOwn = request.headers.host === "upstream.bench" || /^\/(?:query|execute|[abc](?:\?|$))/.test(url);
    if (!isOwn) requests += 1;
    request.on("data", (chunk: Buffer) => {
      if (!isOwn) bytes += chunk.length;
    });
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(url.startsWith("/query") || url.startsWith("/execute") ? JSON.stringify([ROWS]) : "{}");
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    take() {
      const taken = { requests, bytes };
      [requests, bytes] = [0, 0];
      return taken;
    },
    close: () => void server.close(),
  };
}

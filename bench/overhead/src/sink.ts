import { createServer, type Server } from "node:http";

/** What every worker of the benchmark talks to outside its process, counted: Sentry and OTLP. */
export interface Sink {
  readonly port: number;
  /** Requests and bytes since the last look. */
  take(): { requests: number; bytes: number };
  close(): void;
}

export async function startSink(): Promise<Sink> {
  let [requests, bytes] = [0, 0];
  const server: Server = createServer((request, response) => {
    requests += 1;
    request.on("data", (chunk: Buffer) => (bytes += chunk.length));
    request.on("end", () => response.setHeader("content-type", "application/json").end("{}"));
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

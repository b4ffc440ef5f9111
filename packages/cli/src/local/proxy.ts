import { once } from "node:events";
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";

export interface Proxy {
  close(): Promise<void>;
}

/**
 * Listens on an app's own port and hands every request to wrangler, with the Host header as it came: by its port the front worker
 * finds the app.
 * @throws when the port cannot be listened on
 */
export async function startProxy(port: number, wranglerPort: number): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const server = createServer((incoming, outgoing) => forward(incoming, outgoing, wranglerPort, agent));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
}

/**
 * Idle connections are given up before the runtime closes them, after 5 s (KJ's `pipelineTimeout`): a request sent at that very moment
 * would be lost.
 */
const IDLE_MS = 2_000;

/** Marks an answer that no worker gave. */
export const UNREACHABLE_HEADER = "x-local-stack-unreachable";

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number, agent: Agent): void {
  const { method, url: path, headers } = incoming;
  const onward = send({ host: "127.0.0.1", port, agent, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // An answer that breaks off breaks off for the client too, who would wait for its end without end.
    pipeline(answer, outgoing, () => undefined);
  });
  onward.on("error", (error) => {
    if (outgoing.headersSent) outgoing.destroy(error);
    else
      outgoing
        .writeHead(502, { "content-type": "text/plain", [UNREACHABLE_HEADER]: "workers" })
        .end(`The workers cannot be reached: ${error.message}\n`);
  });
  // A client that goes away ends its request at the workers too.
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) onward.destroy();
  });
  incoming.pipe(onward);
}

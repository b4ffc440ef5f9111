import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a server got. */
export interface Got {
  path: string;
  headers: IncomingMessage["headers"];
  text: string;
}

/** How a server answers a request, `n` counting from 0. */
export type Behaviour = (response: ServerResponse, n: number, got: Got) => void;

/** A real HTTP server on loopback. */
export interface Peer {
  url: string;
  got: Got[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startPeer(behaviour: Behaviour): Promise<Peer> {
  let current = behaviour;
  const got: Got[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, text };
      got.push(one);
      current(response, got.length - 1, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    behave: (next) => (current = next),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with a status, a body and headers. */
export function answering(status: number, body: string, headers: Record<string, string> = {}): Behaviour {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Never answers. */
export const silent: Behaviour = () => undefined;

/** Breaks the connection off. */
export const reset: Behaviour = (response) => void response.socket?.destroy();

/** Sends its head, then a byte now and then, and never ends. */
export const slowBody: Behaviour = (response) => {
  response.writeHead(200, { "content-type": "text/plain" }).write("o");
};

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What the peer was sent. */
export interface Received {
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Peer {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** How the peer answers its nth call; `n` begins at 1. */
export type Behaviour = (response: ServerResponse, n: number) => void;

/** A real server on loopback that answers as a test says, also not at all. */
export async function startPeer(behave: Behaviour): Promise<Peer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ authorization: request.headers.authorization, body });
      behave(response, received.length);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/sql`,
    received,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

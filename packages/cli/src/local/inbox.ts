import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { InboxChannel, InboxMessage } from "./inbox-message.ts";
import { inboxPage } from "./inbox-page.ts";

export interface InboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: { now(): number };
}

export interface Inbox {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a server that stands for Slack's webhook, PagerDuty's Events API and a mailbox: it answers as they do and keeps what it gets.
 * `GET /` is a page, `GET /inbox.json` the messages, `DELETE` on either forgets them.
 * @throws when the port cannot be listened on
 */
export async function startInbox({ port, clock }: InboxOptions): Promise<Inbox> {
  let messages: readonly InboxMessage[] = [];

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname } = new URL(request.url ?? "/", "http://inbox");
    const body = await textOf(request);
    const channel = CHANNELS[pathname];
    if (channel !== undefined) {
      if (request.method !== "POST") return plain(405, `${pathname} takes POST only.`);
      messages = [...messages, { channel, at: new Date(clock.now()).toISOString(), body }].slice(-MESSAGES_KEPT);
      return ANSWERS[channel](body);
    }
    if (pathname !== "/" && pathname !== "/inbox.json")
      return plain(404, "Known: /, /inbox.json, " + Object.keys(CHANNELS).join(", "));
    if (request.method === "DELETE") {
      messages = [];
      return { status: 204, type: "text/plain", body: "" };
    }
    if (pathname === "/inbox.json") return json(200, messages);
    return { status: 200, type: "text/html; charset=utf-8", body: inboxPage(messages) };
  };

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, type, body }) => response.writeHead(status, { "content-type": type, ...SAFE_HEADERS }).end(body),
      // The connection broke before the body was whole: nothing was received and nobody is left to answer.
      () => request.socket.destroy(),
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actualPort}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A stack that runs for weeks must not fill the memory. */
const MESSAGES_KEPT = 10_000;

/** Nothing that a message holds may run or load anything, should escaping ever fail. */
const SAFE_HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const CHANNELS: Readonly<Record<string, InboxChannel>> = {
  "/slack": "slack",
  "/pagerduty/v2/enqueue": "pagerduty",
  "/email": "email",
};

const ANSWERS: Readonly<Record<InboxChannel, (body: string) => Answer>> = {
  slack: () => plain(200, "ok"),
  pagerduty: (body) => json(202, { status: "success", message: "Event processed", dedup_key: dedupKeyOf(body) }),
  email: () => json(200, { ok: true }),
};

/** PagerDuty answers with the key of the event, or with one of its own making. */
function dedupKeyOf(body: string): string {
  try {
    const event: unknown = JSON.parse(body);
    const key: unknown = typeof event === "object" && event !== null ? Reflect.get(event, "dedup_key") : undefined;
    if (typeof key === "string") return key;
  } catch {
    // not JSON: shown on the page as it is
  }
  return createHash("sha256").update(body).digest("hex").slice(0, 32);
}

function plain(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { asSqlError, SqlError } from "./answer.ts";

/** What the HTTP side needs to know of the rest. */
export interface HttpParts {
  readonly token: string;
  /** The only account answered, or undefined for any. */
  readonly accountId: string | undefined;
  readonly runSql: (sql: string) => Promise<{ readonly body: Uint8Array; readonly format: string }>;
  readonly writeLines: (dataset: string, body: string) => Promise<unknown>;
  readonly health: () => unknown;
}

/** Serves the SQL API path of production, and beside it the local paths for writing and for health. */
export function createHttpServer(parts: HttpParts): Server {
  const server = createServer((request, response) => {
    answer(request, parts).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        const { status, message } = asSqlError(error);
        send(response, text(status, message));
      },
    );
  });
  // A statement or a body of points may take longer than Node's default of 5 s between two requests of one connection.
  server.keepAliveTimeout = 60_000;
  return server;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array | string;
}

/** Bodies larger than this are refused: about 500,000 points. */
const largestBodyBytes = 128 * 1024 * 1024;

const contentTypes: Readonly<Record<string, string>> = {
  JSON: "application/json",
  JSONEachRow: "application/x-ndjson",
  TabSeparated: "text/tab-separated-values; charset=utf-8",
};

const sqlPath = /^\/client\/v4\/accounts\/([^/]+)\/analytics_engine\/sql$/;
const pointsPath = /^\/datasets\/([^/]+)\/points$/;

async function answer(request: IncomingMessage, parts: HttpParts): Promise<Reply> {
  const url = urlOf(request);
  if (url.pathname === "/health") return { status: 200, type: "application/json", body: JSON.stringify(parts.health()) };
  const account = sqlPath.exec(url.pathname)?.[1];
  const dataset = pointsPath.exec(url.pathname)?.[1];
  if (account !== undefined) {
    requireMethod(request, ["POST", "GET"]);
    requireToken(request, parts.token);
    if (parts.accountId !== undefined && decoded(account) !== parts.accountId)
      throw new SqlError(
        403,
        `this token has no access to account ${decoded(account).slice(0, 100)}; use account ${parts.accountId}`,
      );
    const sql = request.method === "GET" ? (url.searchParams.get("query") ?? "") : await bodyOf(request);
    const { body, format } = await parts.runSql(sql);
    return { status: 200, type: contentTypes[format] ?? "text/plain", body };
  }
  if (dataset !== undefined) {
    requireMethod(request, ["POST"]);
    requireToken(request, parts.token);
    return {
      status: 200,
      type: "application/json",
      body: JSON.stringify(await parts.writeLines(decoded(dataset), await bodyOf(request))),
    };
  }
  throw new SqlError(
    404,
    `nothing at ${url.pathname.slice(0, 200)}; there is POST /client/v4/accounts/<account>/analytics_engine/sql, POST /datasets/<dataset>/points and GET /health`,
  );
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? "/", "http://localhost");
  } catch {
    throw new SqlError(400, "the address of the request cannot be read");
  }
}

function requireMethod(request: IncomingMessage, methods: readonly string[]): void {
  if (!methods.includes(request.method ?? ""))
    throw new SqlError(405, `method ${request.method ?? ""} is not allowed here; use ${methods.join(" or ")}`);
}

function requireToken(request: IncomingMessage, token: string): void {
  const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined) throw new SqlError(401, "no API token; send the header Authorization: Bearer <token>");
  const [a, b] = [Buffer.from(given.trim()), Buffer.from(token)];
  if (a.length !== b.length || !timingSafeEqual(a, b))
    throw new SqlError(401, "wrong API token; use the one this server was started with (--token)");
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBodyBytes) throw new SqlError(413, `the body is larger than ${largestBodyBytes} bytes; send it in parts`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function text(status: number, message: string): Reply {
  return { status, type: "text/plain; charset=utf-8", body: `${message}\n` };
}

function send(response: ServerResponse, { status, type, body }: Reply): void {
  if (response.destroyed) return;
  const headers = {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    ...(status === 413 && { connection: "close" }),
  };
  response.writeHead(status, headers).end(body);
}

import type { TestEnv } from "./worker.ts";

type Scenario = (request: Request, env: TestEnv, ctx: ExecutionContext) => Response | Promise<Response>;

const encoder = new TextEncoder();

/** A stream that gives its parts one after another, each after a turn of the event loop. */
function streamOf(parts: readonly string[], end: "close" | "error" = "close"): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream({
    async pull(controller) {
      await Promise.resolve();
      const part = left.shift();
      if (part !== undefined) controller.enqueue(encoder.encode(part));
      else if (end === "close") controller.close();
      else controller.error(new Error("broke in the middle"));
    },
  });
}

async function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Response(text).body?.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/** Answers whose meaning a wrapper can lose. Each is asked raw and monitored, and must come out the same. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  "/text": () => new Response("hello"),
  "/later": async () => new Response(await Promise.resolve("hello later")),
  "/json": () => Response.json({ ok: true }, { status: 201, headers: { etag: '"7"' } }),
  "/empty": () => new Response(null, { status: 204 }),
  "/not-modified": () => new Response(null, { status: 304, headers: { etag: '"7"' } }),
  "/redirect": () => Response.redirect("https://elsewhere.test/", 307),
  "/cookies": () => {
    const response = new Response("two");
    response.headers.append("set-cookie", "a=1; Path=/");
    response.headers.append("set-cookie", "b=2; Path=/");
    return response;
  },
  "/length": () => new Response("12345", { headers: { "content-length": "5" } }),
  "/stream": () => new Response(streamOf(["one,", "two,", "three"]), { headers: { "content-type": "text/event-stream" } }),
  "/broken-stream": () => new Response(streamOf(["one,"], "error")),
  "/manual": async () => new Response(await gzip("squeezed"), { encodeBody: "manual", headers: { "content-encoding": "gzip" } }),
  "/server-error": () => new Response("sorry", { status: 503, headers: { "retry-after": "3" } }),
  "/throws": () => {
    throw new TypeError("thrown at once");
  },
  "/rejects": () => Promise.reject(new RangeError("thrown later")),
  "/rejects-text": () => Promise.reject("a text"), // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors -- users do
  "/throws-response": () => {
    throw new Response("forbidden", { status: 403 });
  },
  "/headers": (request) => Response.json(Object.fromEntries(request.headers)),
  "/echo": async (request) => new Response(await request.text(), { headers: { method: request.method } }),
  "/reused": async (request) => {
    const copy = request.clone();
    return new Response(`${await request.text()}|${await copy.text()}`);
  },
  // What another service answers has headers that cannot be changed.
  "/immutable": (_request, env) => env.RAW.fetch("https://self.test/cookies"),
  "/upgrade": () => {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    server.addEventListener("message", ({ data }) => {
      server.send(`echo ${String(data)}`);
    });
    return new Response(null, { status: 101, webSocket: client });
  },
  "/storage": async (_request, env) => {
    await env.CACHE.put("there", "1");
    await Promise.all([env.CACHE.get("there"), env.CACHE.get("missing"), env.CACHE.getWithMetadata("there")]);
    await env.CACHE.get(["there", "missing"]);
    await env.DB.exec("CREATE TABLE IF NOT EXISTS tasks (id INTEGER PRIMARY KEY, name TEXT)");
    const insert = env.DB.prepare("INSERT INTO tasks (name) VALUES (?)");
    await env.DB.batch([insert.bind("a"), insert.bind("b")]);
    await env.DB.prepare("SELECT * FROM tasks").all();
    await env.DB.withSession().prepare("SELECT count(*) AS n FROM tasks").first("n");
    await env.FILES.put("a.txt", "text");
    await env.FILES.get("a.txt");
    await env.FILES.head("a.txt");
    await env.JOBS.send({ id: 1 });
    await env.JOBS.sendBatch(new Set([{ body: 2 }, { body: 3 }]));
    await env.RAW.fetch("https://self.test/text");
    await fetch("https://upstream.test/v1/things");
    return new Response("stored");
  },
};

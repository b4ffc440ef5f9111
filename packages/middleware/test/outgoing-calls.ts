import type { TestEnv } from "./worker.ts";

const UPSTREAM = "https://upstream.test/";
const HANGS = "https://hangs.test/";

const post = (url: string, body: BodyInit): Request => new Request(url, { method: "POST", body });

function streamed(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

function abortedAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("no longer wanted")), ms);
  return controller.signal;
}

/** What another service says that it was sent, without the trace. */
async function sent(answer: Promise<Response>): Promise<unknown> {
  const { traceparent: _parent, tracestate: _state, ...rest } = await (await answer).json<Record<string, unknown>>();
  return rest;
}

/** Calls to other services whose meaning a wrapper can lose. Each is made with and without a trace, and must come out the same. */
export const outgoingCalls: Readonly<Record<string, (env: TestEnv) => Promise<unknown>>> = {
  "by a URL": () => sent(fetch(new URL(UPSTREAM))),
  "with headers as pairs": () => sent(fetch(UPSTREAM, { headers: [["accept", "text/plain"]] })),
  "with a streamed body": () => sent(fetch(UPSTREAM, { method: "POST", body: streamed("streamed") })),
  "with parameters as body": () => sent(fetch(UPSTREAM, { method: "POST", body: new URLSearchParams({ a: "b" }) })),
  "by a Request, whose body is then used": async () => {
    const request = post(UPSTREAM, "kept");
    return [await sent(fetch(request)), request.bodyUsed];
  },
  "by a Request and an init": async () => {
    const request = post(UPSTREAM, "kept");
    return [await sent(fetch(request, { method: "PATCH", headers: { accept: "*/*" } })), request.bodyUsed];
  },
  "by a Request whose body was used": async () => {
    const request = post(UPSTREAM, "once");
    await request.text();
    return sent(fetch(request));
  },
  "with an init whose body was used": async () => {
    const init = post(UPSTREAM, "once");
    await init.text();
    return sent(fetch(UPSTREAM, init));
  },
  "that was aborted before": () => fetch(UPSTREAM, { signal: AbortSignal.abort(new Error("never wanted")) }),
  "that is aborted while it hangs": () => fetch(HANGS, { signal: abortedAfter(1) }),
  "that times out": () => fetch(HANGS, { signal: AbortSignal.timeout(1) }),
  "with a body that its method forbids": () => fetch(UPSTREAM, { method: "GET", body: "no" }),
  "to no URL": () => fetch("no url"),
  "of a service by a Request": async ({ RAW }) => {
    const request = post("https://self.test/echo", "kept");
    return [await (await RAW.fetch(request)).text(), request.bodyUsed];
  },
  "of a service's WebSocket": async ({ RAW }) => {
    const { status, webSocket } = await RAW.fetch("https://self.test/upgrade", { headers: { upgrade: "websocket" } });
    return [status, webSocket !== null];
  },
};

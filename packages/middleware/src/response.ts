import { requestIdOf, type Scope } from "@monotask/performance";
import type { MonitorOptions } from "./options.ts";

type Shape = (result: unknown, scope: Scope, request: Request) => unknown;

/** Statuses whose answers have no body (Fetch standard, "null body status"), and the upgrade, which has a socket in its place. */
const BODILESS = [101, 204, 205, 304];

/** What is changed in answers: nothing by default, so that the host's very response is returned. */
export function responseShaper({ requestIdHeader, measureBody = false }: MonitorOptions): Shape | undefined {
  if (requestIdHeader === undefined && !measureBody) return undefined;
  const reshape = (value: unknown, scope: Scope, request: Request): unknown => {
    if (!(value instanceof Response) || value.status === 101) return value;
    try {
      const hasBody = value.body !== null && !BODILESS.includes(value.status) && request.method !== "HEAD";
      const body = measureBody && hasBody ? measuredBody(value, scope) : value.body;
      // Passing the response itself keeps its status, headers, several Set-Cookie and encodeBody.
      const shaped = new Response(body, value);
      if (requestIdHeader !== undefined) shaped.headers.set(requestIdHeader, requestIdOf(scope, request));
      return shaped;
    } catch {
      return value;
    }
  };
  return (result, scope, request) =>
    result instanceof Promise ? result.then((value: unknown) => reshape(value, scope, request)) : reshape(result, scope, request);
}

/** The same body, with its last byte's time and its bytes told when it ends, however it ends. */
function measuredBody(response: Response, scope: Scope): ReadableStream {
  const startedMs = scope.host.nowMs();
  let bytes = 0;
  let isTold = false;

  function tell(end: "complete" | "failed"): void {
    if (isTold) return;
    isTold = true;
    const fields = { requestId: scope.requestId ?? "", endpoint: scope.endpoint ?? "", dimension1: `end=${end}` };
    scope.writer.write("custom", { ...fields, name: "response_stream", unit: "ms", value: scope.host.nowMs() - startedMs });
    scope.writer.write("custom", { ...fields, name: "response_bytes", unit: "bytes", value: bytes });
  }

  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      controller.enqueue(chunk);
    },
    flush: () => tell("complete"),
  });
  const length = response.headers.get("content-length");
  const out = length !== null && typeof FixedLengthStream === "function" ? new FixedLengthStream(Number(length)) : undefined;
  const source = response.body?.pipeTo(counter.writable).catch(() => tell("failed"));
  if (source) scope.keepAlive?.(source);
  if (!out) return counter.readable;
  void counter.readable.pipeTo(out.writable).catch(() => tell("failed"));
  return out.readable;
}

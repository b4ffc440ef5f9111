import type { Scope } from "@monotask/performance";

/** Gives a response's body with a measure in it. */
export type BodyMeter = (response: Response, scope: Scope) => ReadableStream;

/**
 * The same body, with its last byte's time and its bytes told when it ends, however it ends: `monitor(handler, { measureBody })`.
 * A function and no switch, so that workers without it carry nothing of it.
 */
export function measureBody(response: Response, scope: Scope): ReadableStream {
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

import { requestIdOf, type Scope } from "@monotask/performance";
import { isThenable } from "./method.ts";
import type { MonitorOptions } from "./options.ts";

type Shape = (result: unknown, scope: Scope, request: Request) => unknown;

/** Statuses whose answers have no body (Fetch standard, "null body status"), and the upgrade, which has a socket in its place. */
const BODILESS = [101, 204, 205, 304];

/** What is changed in answers: nothing by default, so that the host's very response is returned. */
export function responseShaper({ requestIdHeader, measureBody }: MonitorOptions): Shape | undefined {
  if (requestIdHeader === undefined && measureBody === undefined) return undefined;
  const reshape = (value: unknown, scope: Scope, request: Request): unknown => {
    if (!(value instanceof Response) || value.status === 101) return value;
    try {
      const hasBody = value.body !== null && !BODILESS.includes(value.status) && request.method !== "HEAD";
      const body = measureBody && hasBody ? measureBody(value, scope) : value.body;
      // Passing the response itself keeps its status, headers, several Set-Cookie and encodeBody.
      const shaped = new Response(body, value);
      if (requestIdHeader !== undefined) shaped.headers.set(requestIdHeader, requestIdOf(scope, request));
      return shaped;
    } catch {
      return value;
    }
  };
  return (result, scope, request) =>
    isThenable(result) ? result.then((value) => reshape(value, scope, request)) : reshape(result, scope, request);
}

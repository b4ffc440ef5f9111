import { Agent, request as open } from "node:http";
import { UNREACHABLE_HEADER } from "@monotask/cli/local";
import type { PlannedRequest } from "./mix.ts";

/** How a request ended. `failed`: no whole answer came. */
export type Sent =
  | { readonly kind: "answered"; readonly status: number; readonly body: unknown }
  | { readonly kind: "failed"; readonly why: string };

export interface HttpClient {
  /** Never rejects and never tries again: a request that is counted is one that was made. */
  send(planned: PlannedRequest): Promise<Sent>;
  close(): void;
}

/** A client that keeps its connections, as an application server in front of the API would. */
export function createHttpClient(baseUrl: string): HttpClient {
  const agent = new Agent({ keepAlive: true });
  return {
    send: ({ method, path, body }) =>
      new Promise((resolve) => {
        const payload = body === undefined ? undefined : JSON.stringify(body);
        const headers =
          payload === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
        const fail = (error: Error): void => resolve({ kind: "failed", why: error.message });
        const request = open(new URL(path, baseUrl), { method, agent, headers, timeout: TIMEOUT_MS }, (response) => {
          response.setEncoding("utf8");
          if (response.headers[UNREACHABLE_HEADER] !== undefined) {
            response.resume();
            fail(new Error("the workers could not be reached"));
            return;
          }
          let text = "";
          response.on("data", (chunk: string) => (text += chunk));
          response.on("error", fail);
          response.on("end", () => resolve({ kind: "answered", status: response.statusCode ?? 0, body: jsonOf(text) }));
        });
        request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
        request.on("error", fail);
        request.end(payload);
      }),
    close: () => agent.destroy(),
  };
}

/** Longer than any fault of the demo that still answers. */
const TIMEOUT_MS = 90_000;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

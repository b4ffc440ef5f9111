import type { JsonObject } from "../json.ts";
import { SINK_WORKER } from "./dev-config.ts";

/** A worker that runs on this machine only: one module, and its configuration. */
export interface SmallWorker {
  readonly config: JsonObject;
  readonly code: string;
}

const COMPATIBILITY_DATE = "2026-10-01";

/**
 * Stands for Analytics Engine and for e-mail: hands points to the engine and mails to the inbox of this machine. Called over RPC, so it rejects
 * where production throws.
 */
export function sinkWorker(engineUrl: string, token: string, inboxUrl: string): SmallWorker {
  const code = `import { WorkerEntrypoint } from "cloudflare:workers";
export class Sink extends WorkerEntrypoint {
  async writeDataPoint(point) {
    const url = this.env.ENGINE_URL + "/datasets/" + this.ctx.props.dataset + "/points";
    await post(url, point ?? {}, { authorization: "Bearer " + this.env.ENGINE_TOKEN });
  }
}
export class EmailSink extends WorkerEntrypoint {
  async send(message) {
    await post(this.env.INBOX_URL + "/email", message, { "content-type": "application/json" });
  }
}
async function post(url, body, headers) {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers });
  if (!response.ok) throw new Error(await response.text());
}
export default { fetch: () => new Response("called over RPC only", { status: 404 }) };
`;
  return {
    code,
    config: {
      name: SINK_WORKER,
      main: "sink.js",
      compatibility_date: COMPATIBILITY_DATE,
      vars: { ENGINE_URL: engineUrl, ENGINE_TOKEN: token, INBOX_URL: inboxUrl },
    },
  };
}

/**
 * The worker that wrangler gives its port: it hands a request to the app whose port the Host header names, everything else to the worker that
 * is developed.
 * @param apps port → name of the worker
 */
export function frontWorker(workerName: string, apps: ReadonlyMap<number, string>): SmallWorker {
  const code = `export default {
  fetch(request, env) {
    const port = /:(\\d+)$/.exec(request.headers.get("host") ?? "")?.[1];
    return (env["APP_" + port] ?? env.WORKER).fetch(request);
  },
};
`;
  return {
    code,
    config: {
      name: "monotask-dev-front",
      main: "front.js",
      compatibility_date: COMPATIBILITY_DATE,
      services: [
        { binding: "WORKER", service: workerName },
        ...[...apps].map(([port, service]) => ({ binding: `APP_${port}`, service })),
      ],
    },
  };
}

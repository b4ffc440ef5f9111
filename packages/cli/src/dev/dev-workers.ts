import type { JsonObject } from "../json.ts";
import type { DevAddresses } from "./dev-addresses.ts";
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

/** A path that no worker has: everything below it belongs to the platform. */
const TICK_PATH = "/cdn-cgi/monotask/tick";

/** Where the front worker takes ticks of the evaluator. */
export function tickUrl({ worker }: Pick<DevAddresses, "worker">): string {
  return `${worker}${TICK_PATH}`;
}

/** The names that the front worker hands on to. */
export interface FrontTargets {
  /** The worker that is developed. */
  readonly worker: string;
  /** The worker that is ticked. */
  readonly evaluator: string;
  /** Port → name of the worker. */
  readonly apps: ReadonlyMap<number, string>;
}

/**
 * The worker that wrangler gives its port: it hands a request to the app whose port the Host header names, everything else to the worker that
 * is developed. Ticks go through it too, not through wrangler's registry of running workers: that one is shared with every other wrangler of
 * this machine, so that bindings between them work, and would send a tick to the evaluator of another project, or of one that was killed.
 */
export function frontWorker({ worker, evaluator, apps }: FrontTargets): SmallWorker {
  const code = `export default {
  async fetch(request, env) {
    if (request.method === "POST" && new URL(request.url).pathname === "${TICK_PATH}") {
      const { cron, scheduled_time } = await request.json();
      return Response.json(await env.TICKED.scheduled({ cron, scheduledTime: new Date(scheduled_time) }));
    }
    const port = /:(\\d+)$/.exec(request.headers.get("host") ?? "")?.[1];
    return (env["APP_" + port] ?? env.WORKER).fetch(request);
  },
  // What wrangler's own path for trying a cron reaches.
  async scheduled({ cron, scheduledTime }, env) {
    const { outcome } = await env.WORKER.scheduled({ cron, scheduledTime: new Date(scheduledTime) });
    if (outcome !== "ok") throw new Error("the cron of your worker ended as " + outcome);
  },
};
`;
  return {
    code,
    config: {
      name: "monotask-dev-front",
      main: "front.js",
      compatibility_date: COMPATIBILITY_DATE,
      // A binding can then run the other worker's cron.
      compatibility_flags: ["service_binding_extra_handlers"],
      services: [
        { binding: "WORKER", service: worker },
        { binding: "TICKED", service: evaluator },
        ...[...apps].map(([port, service]) => ({ binding: `APP_${port}`, service })),
      ],
    },
  };
}

/** Where a worker listens, and where Sentry and OTLP do, outside its process. */
export interface Ports {
  readonly port: number;
  readonly sinkPort: number;
}

/**
 * KV, D1 and the upstream, in the worker's own process and the same for every variant: six sockets a request would cost fifty times
 * what is measured, and vary by more. All else goes outside.
 */
const STORAGE = `
const rows = [{ success: true, results: [{ id: 1, name: "a" }], meta: { duration: 0.1, rows_read: 1, rows_written: 0, changes: 0 } }];
export default { fetch(request, env) {
  const { hostname, pathname } = new URL(request.url);
  if (pathname === "/query" || pathname === "/execute") return Response.json(rows);
  if (hostname === "upstream.bench" || pathname.length === 2) return new Response("{}");
  return env.OUTSIDE.fetch(request);
} };`;

const ANALYTICS = "export default () => ({ writeDataPoint(point) { this.bytes = JSON.stringify(point).length; } });";

const ALERT_MANAGER = "export default () => ({ getByName: () => ({ raise: async () => ({ accepted: 1, duplicate: false }) }) });";

/**
 * Plain `workerd serve`, so that no development proxy stands in front. KV and D1 are the runtime's own clients. Analytics Engine is a stub for every variant: workerd's own binding turns each point into an HTTP
 * request, which production does not. The stub walks each point once, as copying it out of the isolate would.
 * AlertManager is a stub too: an error is handed over once a minute, so that it hardly counts.
 */
export function workerConfig(modulePath: string, { port, sinkPort }: Ports): string {
  const outside = `external = (address = "127.0.0.1:${sinkPort}", http = ())`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "outside", ${outside}),
    (name = "storage", worker = (
      modules = [(name = "storage.js", esModule = ${JSON.stringify(STORAGE)})],
      compatibilityDate = "2026-10-01",
      bindings = [(name = "OUTSIDE", service = "outside")],
    )),
  ],
  extensions = [(modules = [
    (name = "bench:analytics", internal = true, esModule = ${JSON.stringify(ANALYTICS)}),
    (name = "bench:alert-manager", internal = true, esModule = ${JSON.stringify(ALERT_MANAGER)}),
  ])],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "${modulePath}")],
  compatibilityDate = "2026-10-01",
  globalOutbound = "storage",
  bindings = [
    (name = "ANALYTICS", wrapped = (moduleName = "bench:analytics")),
    (name = "ALERT_MANAGER", wrapped = (moduleName = "bench:alert-manager")),
    (name = "CACHE", kvNamespace = "storage"),
    (name = "DB", wrapped = (
      moduleName = "cloudflare-internal:d1-api",
      innerBindings = [(name = "fetcher", service = "storage")],
    )),
    (name = "METRICS_SAMPLING_RATE", text = "0.1"),
    (name = "SENTRY_DSN", text = "http://key@127.0.0.1:${sinkPort}/1"),
    (name = "OTLP_URL", text = "http://127.0.0.1:${sinkPort}/v1/traces"),
  ],
);
`;
}

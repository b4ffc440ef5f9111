/** Where the peers of a worker listen, outside its process: its own CPU is all that counts. */
export interface Peers {
  readonly port: number;
  readonly sinkPort: number;
}

const ANALYTICS = "export default () => ({ writeDataPoint(point) { this.bytes = JSON.stringify(point).length; } });";

const ALERT_MANAGER = "export default () => ({ getByName: () => ({ raise: async () => ({ accepted: 1, duplicate: false }) }) });";

/**
 * Plain `workerd serve`, so that no development proxy stands in front. KV and D1 are the runtime's own clients, served outside the
 * process, as the upstream is. Analytics Engine is a stub for every variant: workerd's own binding turns each point into an HTTP
 * request, which production does not. The stub walks each point once, as copying it out of the isolate would.
 * AlertManager is a stub too: an error is handed over once a minute, so that it hardly counts.
 */
export function workerConfig(modulePath: string, { port, sinkPort }: Peers): string {
  const outside = `external = (address = "127.0.0.1:${sinkPort}", http = ())`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "outside", ${outside}),
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
  globalOutbound = "outside",
  bindings = [
    (name = "ANALYTICS", wrapped = (moduleName = "bench:analytics")),
    (name = "ALERT_MANAGER", wrapped = (moduleName = "bench:alert-manager")),
    (name = "CACHE", kvNamespace = "outside"),
    (name = "DB", wrapped = (
      moduleName = "cloudflare-internal:d1-api",
      innerBindings = [(name = "fetcher", service = "outside")],
    )),
    (name = "METRICS_SAMPLING_RATE", text = "0.1"),
    (name = "SENTRY_DSN", text = "http://key@127.0.0.1:${sinkPort}/1"),
    (name = "OTLP_URL", text = "http://127.0.0.1:${sinkPort}/v1/traces"),
  ],
);
`;
}

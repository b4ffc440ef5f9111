import type { Ports } from "./ports.ts";

/** Loopback URLs of everything that listens, without a slash at the end. */
export type Addresses = Readonly<Record<keyof Ports, string>>;

export function addressesOf(ports: Ports): Addresses {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    wrangler: at(ports.wrangler),
    demo: at(ports.demo),
    evaluator: at(ports.evaluator),
    dashboard: at(ports.dashboard),
    analytics: at(ports.analytics),
    inbox: at(ports.inbox),
    upstreams: at(ports.upstreams),
  };
}

/** Where SQL is sent, as in production but for the host. */
export function sqlUrlOf(addresses: Addresses): string {
  return `${addresses.analytics}/client/v4/accounts/local/analytics_engine/sql`;
}

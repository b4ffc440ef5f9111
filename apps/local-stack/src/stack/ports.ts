import { isFreePort } from "@monotask/cli/local";
import { StackError } from "./stack-error.ts";

/** Who listens where. `wrangler` is reached only through the apps' own ports. */
export interface Ports {
  readonly wrangler: number;
  readonly demo: number;
  readonly evaluator: number;
  readonly dashboard: number;
  readonly analytics: number;
  readonly inbox: number;
  readonly upstreams: number;
}

export const DEFAULT_PORT_BASE = 8787;

/** The ports from `base` on: the demo at the base itself, wrangler one below. */
export function portsFrom(base: number): Ports {
  return {
    wrangler: base - 1,
    demo: base,
    evaluator: base + 1,
    dashboard: base + 2,
    analytics: base + 3,
    inbox: base + 4,
    upstreams: base + 5,
  };
}

/** Lowest and highest base whose ports can all be listened on without being root. */
export const PORT_BASE_RANGE: readonly [number, number] = [1025, 65_530];

/**
 * Makes sure that every port is free before anything starts.
 * @throws StackError that names the taken ports, what each is for and the flag that chooses others
 */
export async function requireFreePorts(ports: Ports): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports) as [keyof Ports, number][]) {
    if (!(await isFreePort(port))) taken.push(`Port ${port} is taken; ${PURPOSE[name]} needs it.`);
  }
  if (taken.length === 0) return;
  throw new StackError(`${taken.join("\n")}\nStop what listens there, or choose other ports: --port-base ${otherBase(ports)}`);
}

const PURPOSE: Readonly<Record<keyof Ports, string>> = {
  wrangler: "wrangler, which runs all workers,",
  demo: "the demo app",
  evaluator: "the evaluator",
  dashboard: "the dashboard",
  analytics: "the local Analytics Engine",
  inbox: "the inbox that stands for Slack, PagerDuty and email",
  upstreams: "the stand-ins for GitHub and Claude",
};

function otherBase(ports: Ports): number {
  const next = ports.demo + 100;
  return next <= PORT_BASE_RANGE[1] ? next : DEFAULT_PORT_BASE;
}

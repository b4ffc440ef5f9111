import { isFreePort } from "../local/free-port.ts";
import { UserError, UsageError } from "../io.ts";

/** Who listens where: the developed worker at the port that was asked for, the others behind it. */
export interface DevPorts {
  readonly worker: number;
  readonly evaluator: number;
  readonly dashboard: number;
  readonly analytics: number;
  readonly inbox: number;
}

/** Loopback URLs, without a slash at the end. */
export type DevAddresses = Readonly<Record<keyof DevPorts, string>>;

const PURPOSE: Readonly<Record<keyof DevPorts, string>> = {
  worker: "your worker",
  evaluator: "the evaluator",
  dashboard: "the dashboard",
  analytics: "the local Analytics Engine",
  inbox: "the inbox of alerts",
};

/** @throws UserError for a port that is none */
export function devPorts(text: string): DevPorts {
  const worker = Number(text);
  if (!Number.isInteger(worker) || worker < 1024 || worker > 65_531)
    throw new UsageError(`--port ${text}: use a whole number from 1024 to 65531; the four ports behind it are used too`);
  return { worker, evaluator: worker + 1, dashboard: worker + 2, analytics: worker + 3, inbox: worker + 4 };
}

export function devAddresses(ports: DevPorts): DevAddresses {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    worker: at(ports.worker),
    evaluator: at(ports.evaluator),
    dashboard: at(ports.dashboard),
    analytics: at(ports.analytics),
    inbox: at(ports.inbox),
  };
}

/** @throws UserError that names the ports which are taken and what each is for */
export async function requireFreePorts(ports: DevPorts): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports) as [keyof DevPorts, number][])
    if (!(await isFreePort(port))) taken.push(`port ${port} is taken; ${PURPOSE[name]} needs it`);
  if (taken.length > 0)
    throw new UserError(
      `${taken.join("; ")}. Stop what listens there, or choose others: monotask dev --port ${ports.worker + 100}`,
    );
}

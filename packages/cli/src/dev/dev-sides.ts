import { createClock } from "@monotask/telemetry";
import { UserError } from "../io.ts";
import { LOCAL_CREDENTIALS } from "../local/credentials.ts";
import { startInbox } from "../local/inbox.ts";
import { startProxy } from "../local/proxy.ts";
import { startTicker, type TickerOptions } from "../local/ticker.ts";
import { tickUrl } from "./dev-workers.ts";
import type { DevAddresses, DevPorts } from "./dev-addresses.ts";

/** What runs beside wrangler. */
export interface Sides {
  /** Aborted once they stop. */
  readonly stopped: AbortSignal;
  stop(): Promise<void>;
}

const DATA_FOLDER = ".monotask/points";

/**
 * Starts the local Analytics Engine, the inbox, a port for each app, and the evaluator's minute.
 * @throws UserError where the engine is not installed or does not start; nothing is left running then
 */
export async function startSides(ports: DevPorts, addresses: DevAddresses, onTick: TickerOptions["onTick"]): Promise<Sides> {
  const closers: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  const stop = async (): Promise<void> => {
    stopping.abort();
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const engine = await startEngine(ports.analytics);
    closers.push(() => engine.close());
    const clock = createClock();
    const inbox = await startInbox({ port: ports.inbox, clock });
    closers.push(() => inbox.close());
    for (const app of ["evaluator", "dashboard"] as const) {
      const proxy = await startProxy(ports[app], ports.worker);
      closers.push(() => proxy.close());
    }
    const ticker = startTicker({ clock, url: tickUrl(addresses), cron: "* * * * *", ...(onTick && { onTick }) });
    closers.push(() => ticker.stop());
    return { stop, stopped: stopping.signal };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEngine(port: number): Promise<{ close(): Promise<void> }> {
  const engine = await import("@monotask/analytics-engine-local").catch(() => undefined);
  if (!engine)
    throw new UserError("the local Analytics Engine is not installed: npm install --save-dev @monotask/analytics-engine-local");
  try {
    return await engine.startAnalyticsEngine({
      port,
      token: LOCAL_CREDENTIALS.analyticsToken,
      data: { kind: "folder", path: DATA_FOLDER },
    });
  } catch (error) {
    if (error instanceof engine.StartError) throw new UserError(error.message);
    throw error;
  }
}

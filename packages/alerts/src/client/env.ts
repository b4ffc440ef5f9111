import { propertyOf } from "@monotask/telemetry";
import type { AlertView } from "../model/alert.ts";
import type { Backlog, HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { RaiseBatch, RaiseResult } from "../model/signal.ts";

/** What AlertManager answers to, over RPC. */
export interface AlertManagerApi {
  /** Takes in signals; the same batch id twice changes nothing. */
  raise(batch: RaiseBatch): Promise<RaiseResult>;
  /** Does whatever is due now; the evaluator calls it on every tick in case an alarm was lost. */
  wake(): Promise<void>;
  /** Alerts that fire, or whose end has not been told yet. */
  list(): Promise<AlertView[]>;
  /** Newest first. */
  history(limit?: number): Promise<HistoryEntry[]>;
  /** Stops repeats of one alert (its id) or of a whole group (its key); the answer says how many alerts it was. */
  acknowledge(id: string, by: string): Promise<{ acknowledged: number }>;
  /** What was sent where, newest first. */
  notifications(limit?: number): Promise<NotificationRecord[]>;
  /** What still waits to be delivered. */
  backlog(): Promise<Backlog>;
}

/** The part of a Durable Object namespace that is used here. */
interface AlertManagerNamespace {
  getByName(name: string): unknown;
}

/**
 * The AlertManager of an environment.
 *
 * @param env the worker's bindings; any type will do, `ALERT_MANAGER` is looked for by name
 * @param name the instance, one for each team configuration
 * @returns its RPC stub, or undefined where no `ALERT_MANAGER` is bound
 */
export function alertManagerOf(env: object, name = "default"): AlertManagerApi | undefined {
  const binding = propertyOf(env, "ALERT_MANAGER");
  // The one place where the binding's type is taken on trust: an RPC stub answers to every name, so it cannot be checked.
  return isNamespace(binding) ? (binding.getByName(name) as AlertManagerApi) : undefined;
}

function isNamespace(binding: unknown): binding is AlertManagerNamespace {
  return typeof binding === "object" && binding !== null && "getByName" in binding && typeof binding.getByName === "function";
}

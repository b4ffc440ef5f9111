import { answeringInTime, propertyOf } from "@monotask/telemetry";
import type { Explanation } from "../engine/explain.ts";
import type { AlertView } from "../model/alert.ts";
import type { AlertPage, AlertQuery } from "../model/page.ts";
import type { MatcherError } from "../model/matcher.ts";
import type { Backlog, HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { Severity } from "../model/severity.ts";
import type { AlertSignal, RaiseBatch, RaiseResult } from "../model/signal.ts";
import type { Silence, SilenceError, SilenceRequest } from "../model/silence.ts";
import type { Target } from "../model/target.ts";

/** What AlertManager answers to, over RPC. */
export interface AlertManagerApi {
  /** Takes in signals; the same batch id twice changes nothing. */
  raise(batch: RaiseBatch): Promise<RaiseResult>;
  /** Does whatever is due now; the evaluator calls it on every tick in case an alarm was lost. */
  wake(): Promise<void>;
  /** Alerts that fire or may fire, or whose end has not been told yet: 500 at most, and the cursor of the next page. */
  page(query?: AlertQuery): Promise<AlertPage>;
  /** All of them in one answer, which fails where there are many thousands (32 MiB): prefer `allAlerts(manager)`. */
  list(): Promise<AlertView[]>;
  /** Newest first; of one group where it is named. */
  history(limit?: number, groupKey?: string): Promise<HistoryEntry[]>;
  /** Stops repeats of one alert (its id) or of a whole group (its key); the answer says how many alerts it was. */
  acknowledge(id: string, by: string, options?: AcknowledgeOptions): Promise<{ acknowledged: number }>;
  /** Takes acknowledgements back. */
  unacknowledge(id: string, by: string, options?: AcknowledgeOptions): Promise<void>;
  /** Holds alerts back for a while. */
  silence(request: SilenceRequest): Promise<SilenceAnswer>;
  /** Ends a silence; false for one that is not known. */
  unsilence(id: string, by: string): Promise<boolean>;
  /** Silences that hold or are to come. */
  silences(): Promise<Silence[]>;
  /** Alerts that matchers would hide now. */
  preview(matchers: string[]): Promise<SilencePreview>;
  /** Ends every alert of a worker that is gone, with one message; the answer says how many it was. */
  close(worker: string, by: string): Promise<{ closed: number }>;
  /** Why an alert was told, or was not; undefined for one that is not known any more. */
  explain(id: string): Promise<Explanation | undefined>;
  /** Sends a test message to targets, resolved within a minute; the answer says which cannot be used. */
  sendTest(targets: Target[], by: string): Promise<TestAnswer>;
  /** Raises a made-up outage of a rule to targets: a signal of its own, or one made for the rule's name. */
  drill(request: DrillRequest): Promise<TestAnswer>;
  /** What was sent where, newest first. */
  notifications(limit?: number): Promise<NotificationRecord[]>;
  /** What still waits to be delivered. */
  backlog(): Promise<Backlog>;
}

/** Word of an acknowledgement from outside. */
export interface AcknowledgeOptions {
  from?: "pagerduty";
  /** The same word twice changes nothing. */
  id?: string;
  /** Epoch ms at which it was given: it is about no alert that began later. */
  atMs?: number;
}

/** Answer to a silence. */
export type SilenceAnswer = { kind: "silenced"; silence: Silence; hides: AlertView[] } | { kind: "refused"; error: SilenceError };

/** What matchers would hide. */
export type SilencePreview = { kind: "preview"; hides: AlertView[] } | { kind: "refused"; error: MatcherError };

/** What to rehearse. */
export interface DrillRequest {
  rule: string;
  targets: Target[];
  by: string;
  severity?: Severity;
  /** What the rule says of made-up measurements; its labels are replaced by those of a drill. */
  signal?: AlertSignal;
}

/** Answer to a test: the alert to look for, and targets that are not set up, with the fix. */
export interface TestAnswer {
  alertId: string;
  sentTo: Target[];
  missing: { target: Target; reason: string }[];
}

/**
 * Who has not answered by then is out of reach: three attempts fit into what a worker may still do after its answer (30 s), and
 * `wake`, which waits 2 s for deliveries, fits in.
 */
export const ANSWER_MS = 5_000;

/** The part of a Durable Object namespace that is used here. */
interface AlertManagerNamespace {
  getByName(name: string): unknown;
}

/**
 * The AlertManager of an environment.
 *
 * @param env the worker's bindings; any type will do, `ALERT_MANAGER` is looked for by name
 * @param name the instance, one for each team configuration
 * @returns its RPC stub, of which every call fails where it has no answer after 5 s; undefined where no `ALERT_MANAGER` is bound
 */
export function alertManagerOf(env: object, name = "default"): AlertManagerApi | undefined {
  const stub = managerStubOf(env, name);
  return stub && answeringInTime("AlertManager", stub, () => ANSWER_MS);
}

/** The stub itself, which may hang: for who limits its one call alone, with less code. */
export function managerStubOf(env: object, name = "default"): AlertManagerApi | undefined {
  const binding = propertyOf(env, "ALERT_MANAGER");
  // The one place where the binding's type is taken on trust: an RPC stub answers to every name, so it cannot be checked.
  return isNamespace(binding) ? (binding.getByName(name) as AlertManagerApi) : undefined;
}

function isNamespace(binding: unknown): binding is AlertManagerNamespace {
  return typeof propertyOf(binding, "getByName") === "function";
}

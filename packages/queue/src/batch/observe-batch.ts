import type { CreateAlertClient } from "@monotask/alerts";
import { propertyOf, type Settings, type Writer } from "@monotask/telemetry";
import { failureOf, noteOf, type Failure } from "../failure/failure.ts";
import { optionsOf, type QueuesOptions, type ResolvedQueueOptions } from "../options.ts";
import { judge, type PoisonMemory, type Verdict } from "../poison/judge.ts";
import { poisonSignal, type PoisonedMessage } from "../poison/poison-signal.ts";
import { quarantine } from "../poison/quarantine.ts";
import { batchPoint, type BatchResult } from "./batch-point.ts";
import { attemptsOf, backlogOf, idOf, queueNameOf, senderOf, type QueueSender } from "./message.ts";
import { acknowledge, release, releaseAll, watchBatch, type WatchedMessage } from "./watch-batch.ts";

/** What the observation of a batch works with. */
export interface BatchDeps {
  readonly env: object;
  readonly workerName: string;
  readonly settings: Settings;
  readonly writer: Writer;
  readonly keepAlive: ((work: Promise<unknown>) => void) | undefined;
  readonly options: QueuesOptions;
  /** How alerts are handed over. */
  readonly alertClient: CreateAlertClient;
  /** Tells one error of the batch to people, with what is known of it; the operation says where. */
  readonly tell: (
    error: unknown,
    details: { readonly operation: string; readonly [name: string]: unknown },
    failure: Failure,
  ) => void;
}

/** How a handler ended. */
export type HandlerEnd = { readonly kind: "returned" } | { readonly kind: "threw"; readonly error: unknown };

/** The observation of one batch. */
export interface BatchObserver {
  /**
   * Judges what failed, puts poison aside, and writes the batch's point. The promise, given only where something is put aside, ends
   * before the handler's end may be told to the platform. Neither throws nor rejects.
   */
  end(how: HandlerEnd): Promise<void> | undefined;
}

/** Each queue's failures as this isolate has seen them. */
const memories = new Map<string, PoisonMemory>();

/** Starts the observation of a batch. */
export function observeBatch(batch: unknown, deps: BatchDeps): BatchObserver {
  const queue = queueNameOf(batch);
  const options = optionsOf(deps.options, queue);
  const sender = options.deadLetterQueue === undefined ? undefined : senderOf(propertyOf(deps.env, options.deadLetterQueue));
  const watch = watchBatch(batch, (message) => sender !== undefined && mayBePoison(message, options.maxRetries));
  const backlog = backlogOf(batch);
  return {
    end(how) {
      try {
        const elapsedMs = watch.elapsedMs();
        const judged = watch.messages.flatMap((watched) => judgedMessage(watched, elapsedMs, how, queue, options) ?? NONE);
        if (sender === undefined || judged.every(({ verdict }) => verdict.kind === "retry")) {
          finish(judged, elapsedMs, how);
          return undefined;
        }
        return putAside(judged, sender, queue)
          .then((settled) => finish(settled, elapsedMs, how))
          .catch(() => releaseAll(watch));
      } catch {
        releaseAll(watch);
        return undefined;
      }
    },
  };

  function finish(judged: readonly Judged[], elapsedMs: number, how: HandlerEnd): void {
    // Whatever was held back and not put aside is retried now, before anything that could fail.
    releaseAll(watch);
    deps.writer.write(
      "queue",
      batchPoint({
        queue,
        hasThrown: how.kind === "threw",
        elapsedMs,
        slowAfterMs: options.slowAfterMs,
        backlog,
        nowMs: Date.now(),
        messages: watch.messages,
        marked: judged.map(markOf),
      }),
    );
    if (judged.length > 0) tellFailures(judged);
  }

  function tellFailures(judged: readonly Judged[]): void {
    for (const { message, error, failure } of judged) {
      if (failure === undefined) continue;
      deps.tell(error, { operation: `queue ${queue}`, messageId: idOf(message), attempt: attemptsOf(message) }, failure);
    }
    const poisoned = judged.flatMap(({ message, verdict, failure, isPutAside }): PoisonedMessage[] =>
      verdict.kind === "poison" ? [{ id: idOf(message), reason: verdict.reason, failure, isPutAside }] : [],
    );
    if (poisoned.length === 0) return;
    const { env, workerName, settings, keepAlive } = deps;
    const signal = poisonSignal({ queue, workerName, settings, poisoned });
    const told = deps.alertClient(env, { workerName, keepAlive }).raise(signal);
    keepAlive?.(told);
  }
}

const NONE: readonly never[] = [];

/** A message that failed before, or that its consumer gave up: the first failure of a message is nobody's poison, unless it is also its last. */
function mayBePoison(message: object, maxRetries: number): boolean {
  return attemptsOf(message) >= Math.min(2, maxRetries + 1) || noteOf(message)?.isHopeless === true;
}

/** A message that is delivered again, or whose consumer has said that something failed. */
interface Judged {
  readonly watched: WatchedMessage;
  readonly message: object;
  readonly verdict: Verdict;
  readonly error?: unknown;
  readonly failure: Failure | undefined;
  /** The dead letter queue has it with its reason. */
  readonly isPutAside: boolean;
}

/** Judges a message, and decides it where its handler did not; undefined where all is well. */
function judgedMessage(
  watched: WatchedMessage,
  elapsedMs: number,
  how: HandlerEnd,
  queue: string,
  rules: ResolvedQueueOptions,
): Judged | undefined {
  const { message } = watched;
  const hasThrown = how.kind === "threw";
  if (watched.decision === undefined) {
    // What a handler leaves undecided the platform acknowledges when it returns and retries when it throws.
    watched.decision = hasThrown ? "retried" : "ok";
    watched.durationMs = elapsedMs;
  }
  const isOk = watched.decision === "ok";
  const said = noteOf(message);
  if (isOk && said === undefined) return undefined;
  const note = said ?? (hasThrown ? { error: how.error, isHopeless: false } : undefined);
  const failure = note === undefined ? undefined : failureOf(note);
  const known = { watched, message, isPutAside: false, error: note?.error, failure };
  if (isOk) return { ...known, verdict: { kind: "retry" } };
  const attempt = { attempts: attemptsOf(message), failure };
  const { memory, verdict } = judge(memories.get(queue) ?? new Map<string, number>(), attempt, rules);
  memories.set(queue, memory);
  return { ...known, verdict };
}

/** Puts poison aside, each message on its own: one that the dead letter queue does not take is retried like any other. */
function putAside(judged: readonly Judged[], sender: QueueSender, queue: string): Promise<Judged[]> {
  return Promise.all(
    judged.map(async (each): Promise<Judged> => {
      const { verdict, watched, message, failure } = each;
      const isPutAside = verdict.kind === "poison" && (await quarantine(sender, queue, message, verdict.reason, failure));
      if (isPutAside) acknowledge(watched);
      else release(watched);
      return { ...each, isPutAside };
    }),
  );
}

/** How a message ended, and of what. */
function markOf({ watched, verdict, isPutAside, failure }: Judged): BatchResult["marked"][number] {
  // The platform itself moves a message to the dead letter queue only after its last attempt.
  const isDead = verdict.kind === "poison" && verdict.reason === "last-attempt";
  const end = watched.decision === "ok" ? "ok" : isPutAside ? "poison" : isDead ? "dead" : "retried";
  return { end, fingerprint: failure?.fingerprint };
}

import type { CreateAlertClient } from "@monotask/alerts";
import { propertyOf, type Settings, type Writer } from "@monotask/telemetry";
import { failureOf, noteOf, type Failure } from "../failure/failure.ts";
import { optionsOf, type QueuesOptions, type ResolvedQueueOptions } from "../options.ts";
import { judge, type PoisonMemory, type PoisonReason, type Verdict } from "../poison/judge.ts";
import { poisonSignal, type PoisonedMessage } from "../poison/poison-signal.ts";
import { quarantine } from "../poison/quarantine.ts";
import { batchPoint, type MessageResult } from "./batch-point.ts";
import { attemptsOf, backlogOf, idOf, queueNameOf, senderOf, type QueueSender } from "./message.ts";
import { watchBatch, type BatchWatch, type Decision } from "./watch-batch.ts";

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
  /** Tells one error of the batch to people; the operation says where. */
  readonly tell: (error: unknown, details: { readonly operation: string; readonly [name: string]: unknown }) => void;
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
        const judged = watch.messages.map((message) => judgedMessage(message, watch, how, queue, options));
        if (sender === undefined || judged.every(({ verdict }) => verdict.kind === "retry")) {
          finish(judged.map((each) => ({ ...each, isPutAside: false })));
          return undefined;
        }
        return putAside(judged, sender, watch, queue)
          .then(finish)
          .catch(() => watch.releaseAll());
      } catch {
        watch.releaseAll();
        return undefined;
      }
    },
  };

  function finish(judged: readonly Settled[]): void {
    // Whatever was held back and not put aside is retried now, before anything that could fail.
    for (const { message, isPutAside } of judged) if (!isPutAside) watch.release(message);
    const nowMs = Date.now();
    const messages = judged.map((each) => resultOf(each));
    const hasThrown = judged.some(({ hasThrown: threw }) => threw);
    deps.writer.write(
      "queue",
      batchPoint({ queue, hasThrown, elapsedMs: watch.elapsedMs(), slowAfterMs: options.slowAfterMs, backlog, nowMs, messages }),
    );
    tellFailures(judged);
  }

  function tellFailures(judged: readonly Settled[]): void {
    for (const { message, error, failure } of judged) {
      if (failure === undefined) continue;
      deps.tell(error, { operation: `queue ${queue}`, messageId: idOf(message), attempt: attemptsOf(message) });
    }
    const poisoned = judged.flatMap((each): PoisonedMessage[] =>
      each.verdict.kind === "poison"
        ? [{ id: idOf(each.message), reason: each.verdict.reason, failure: each.failure, isPutAside: each.isPutAside }]
        : [],
    );
    if (poisoned.length === 0) return;
    const { env, workerName, settings, keepAlive } = deps;
    const signal = poisonSignal({ queue, workerName, settings, poisoned });
    const told = deps.alertClient(env, { workerName, ...(keepAlive ? { keepAlive } : {}) }).raise(signal);
    keepAlive?.(told);
  }
}

/** A message that failed before, or that its consumer gave up: the first failure of a message is nobody's poison, unless it is also its last. */
function mayBePoison(message: object, maxRetries: number): boolean {
  return attemptsOf(message) >= Math.min(2, maxRetries + 1) || noteOf(message)?.isHopeless === true;
}

interface Judged {
  readonly message: object;
  readonly decision: Decision;
  readonly verdict: Verdict;
  readonly hasThrown: boolean;
  readonly error?: unknown;
  readonly failure?: Failure;
}

interface Settled extends Judged {
  /** The dead letter queue has it with its reason. */
  readonly isPutAside: boolean;
}

function judgedMessage(message: object, watch: BatchWatch, how: HandlerEnd, queue: string, rules: ResolvedQueueOptions): Judged {
  const hasThrown = how.kind === "threw";
  // What a handler leaves undecided the platform acknowledges when it returns and retries when it throws.
  const decision = watch.decisionOn(message) ?? { kind: hasThrown ? "retried" : "ok", durationMs: watch.elapsedMs() };
  const note =
    noteOf(message) ?? (hasThrown && decision.kind === "retried" ? { error: how.error, isHopeless: false } : undefined);
  const failure = note === undefined ? undefined : failureOf(note);
  const known = {
    message,
    decision,
    hasThrown,
    ...(note === undefined ? {} : { error: note.error }),
    ...(failure ? { failure } : {}),
  };
  if (decision.kind === "ok") return { ...known, verdict: { kind: "retry" } };
  const attempt = { attempts: attemptsOf(message), ...(failure ? { failure } : {}) };
  const { memory, verdict } = judge(memories.get(queue) ?? new Map<string, number>(), attempt, rules);
  memories.set(queue, memory);
  return { ...known, verdict };
}

/** Puts poison aside, each message on its own: one that the dead letter queue does not take is retried like any other. */
function putAside(judged: readonly Judged[], sender: QueueSender, watch: BatchWatch, queue: string): Promise<Settled[]> {
  return Promise.all(
    judged.map(async (each): Promise<Settled> => {
      const { verdict, message, failure } = each;
      const isPutAside = verdict.kind === "poison" && (await quarantine(sender, queue, message, verdict.reason, failure));
      if (isPutAside) watch.acknowledge(message);
      return { ...each, isPutAside };
    }),
  );
}

function resultOf({ message, decision, verdict, isPutAside, failure }: Settled): MessageResult {
  const shown = { message, durationMs: decision.durationMs, ...(failure ? { fingerprint: failure.fingerprint } : {}) };
  if (decision.kind === "ok") return { ...shown, kind: "ok" };
  if (isPutAside) return { ...shown, kind: "poison" };
  return { ...shown, kind: isLastAttempt(verdict) ? "dead" : "retried" };
}

/** The platform itself moves a message to the dead letter queue only after its last attempt. */
function isLastAttempt(verdict: Verdict): boolean {
  const reason: PoisonReason | undefined = verdict.kind === "poison" ? verdict.reason : undefined;
  return reason === "last-attempt";
}

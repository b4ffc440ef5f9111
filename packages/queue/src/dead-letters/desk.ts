import { inTime, type Clock } from "@monotask/telemetry";
import type { QueueSender } from "../batch/message.ts";
import { decodeBody } from "./body.ts";
import { LETTER_STATES, type LetterState, type LetterView } from "./letter.ts";
import type { RateLimit } from "./rate.ts";
import { MAX_IDS, type LetterFilter } from "./selection.ts";
import type { ClaimedLetter, LetterCount, LetterStore } from "./store.ts";

/** How a redrive ended. Every letter that was claimed is in exactly one of the first three. */
export interface RedriveResult {
  /** Back in their queue, each once. */
  readonly redriven: number;
  /** Refused by the queue or without a body: stored as before. */
  readonly refused: readonly { readonly id: string; readonly message: string }[];
  /** The queue did not say whether it took them: only `includeUncertain` sends them again. */
  readonly uncertain: readonly string[];
  /** Letters of the selection that still wait. */
  readonly left: number;
  /** When more may be sent; 0 for at once. */
  readonly retryAfterMs: number;
}

export interface RedriveRequest {
  readonly filter: LetterFilter;
  /** Who asks, for the record. */
  readonly by: string;
  /** At most so many in this call; at most 50, the default. */
  readonly limit?: number;
  /** Sends again what an earlier redrive may have sent. Effects may then happen twice, unless the consumer counts them by body. */
  readonly includeUncertain?: boolean;
}

export interface ListRequest {
  readonly filter?: LetterFilter;
  /** Default: those that wait for a person. */
  readonly states?: readonly LetterState[];
  /** At most 500; default 50. */
  readonly limit?: number;
}

/** What people and programs do with dead letters, over RPC or HTTP. */
export interface DeadLetterDesk {
  list(request?: ListRequest): Promise<{ letters: LetterView[]; total: number }>;
  /** The letters with an id: more than one only where two queues share it. */
  show(id: string, queue?: string): Promise<LetterView[]>;
  groups(): Promise<LetterCount[]>;
  /** @throws RangeError for a filter that D1 cannot take */
  redrive(request: RedriveRequest): Promise<RedriveResult>;
  drop(request: { readonly filter: LetterFilter; readonly by: string }): Promise<{ dropped: number }>;
  /** What a tick does: claims that were left behind, and letters that were resolved long ago. Gives the numbers that wait. */
  tidy(): Promise<{ unresolved: Readonly<Record<string, number>> }>;
}

export interface DeadLetterDeskOptions {
  readonly store: LetterStore;
  readonly clock: Clock;
  /** The producer binding of a queue, by name. */
  readonly senderOf: (queue: string) => QueueSender | undefined;
  /** Default 20 a second, 100 at once. */
  readonly rate?: RateLimit;
  /** How long resolved letters are kept. Default 30 days. */
  readonly keepResolvedMs?: number;
  /** Names of claims; random by default. */
  readonly newToken?: () => string;
}

const UNRESOLVED: readonly LetterState[] = ["stored", "redriving", "uncertain"];
const DEFAULT_RATE: RateLimit = { perSecond: 20, burst: 100 };
const MAX_REDRIVE = 50;
const MAX_LISTED = 500;
const PRUNED_AT_ONCE = 500;
const DAY_MS = 86_400_000;
/** A redrive of 50 messages ends within seconds, or never. */
const CLAIM_MS = 120_000;
/** What a redrive has not sent by then it sends no more: long before anybody takes its claims for lost. */
const SEND_WITHIN_MS = CLAIM_MS / 2;
const CONCURRENT_SENDS = 6;
/** A queue that has not answered by then may have the message or not. */
const SEND_TIMEOUT_MS = 10_000;

export function createDeadLetterDesk(options: DeadLetterDeskOptions): DeadLetterDesk {
  const { store, clock, senderOf, rate = DEFAULT_RATE, keepResolvedMs = 30 * DAY_MS } = options;
  const newToken = options.newToken ?? (() => crypto.randomUUID());

  async function send(letter: ClaimedLetter, { token, claimedAtMs, by }: Claim): Promise<Sent> {
    const { queue, id } = letter;
    /** Ends the claim. Where that fails it runs out by itself, and the letter becomes uncertain. */
    const settle = async (sent: Sent, ...how: Settlement): Promise<Sent> => {
      try {
        await store.settle(letter, token, ...how);
        return sent;
      } catch {
        return { kind: "uncertain", id };
      }
    };
    const refuse = (message: string): Promise<Sent> => settle({ kind: "refused", id, message }, "stored");
    // Others may count a claim that has run out as lost, and send the letter themselves.
    if (clock.now() - claimedAtMs >= SEND_WITHIN_MS)
      return refuse("the redrive took too long and has not sent it: redrive again");
    const sender = senderOf(queue);
    if (!sender) return refuse(`the evaluator has no producer binding for ${queue}: add one to queues.producers`);
    if (letter.unreadBecause !== undefined)
      return refuse(`its body could not be read from R2 (${letter.unreadBecause}): redrive again`);
    if (letter.text === undefined) return refuse("its body is no longer in R2");
    let sendable;
    try {
      sendable = decodeBody(letter.kind, letter.text);
    } catch (error) {
      return refuse(error instanceof Error ? error.message : "its body cannot be read");
    }
    try {
      const sent = sender.send(sendable.body, { contentType: sendable.contentType });
      // Without the queue's name, which must not be read as a refusal.
      await inTime("the queue", SEND_TIMEOUT_MS, sent);
    } catch (error) {
      const message = error instanceof Error ? error.message : "unknown failure";
      if (isRefusal(message)) return refuse(message);
      return settle({ kind: "uncertain", id }, "uncertain");
    }
    return settle({ kind: "redriven" }, "redriven", { atMs: clock.now(), by });
  }

  return {
    async list({ filter = {}, states = UNRESOLVED, limit = 50 } = {}) {
      checkFilter(filter);
      const known = states.filter((state) => LETTER_STATES.includes(state));
      const [letters, total] = await Promise.all([
        store.list(filter, known, Math.min(limit, MAX_LISTED)),
        store.count(filter, known),
      ]);
      return { letters, total };
    },
    show: (id, queue) => store.find(id, queue),
    groups: () => store.groups(100),
    async redrive({ filter, by, limit = MAX_REDRIVE, includeUncertain = false }) {
      checkFilter(filter);
      await store.expireClaims(clock.now() - CLAIM_MS);
      const states: LetterState[] = includeUncertain ? ["stored", "uncertain"] : ["stored"];
      const wanted = Math.max(1, Math.min(limit, MAX_REDRIVE));
      const { taken, retryAfterMs } = await store.takeTokens(wanted, clock.now(), rate);
      const token = newToken();
      const claimedAtMs = clock.now();
      const claimed = taken === 0 ? [] : await store.claim(filter, states, taken, { token, nowMs: claimedAtMs });
      if (claimed.length < taken) await store.takeTokens(claimed.length - taken, clock.now(), rate);
      const sent = await inTurns(claimed, CONCURRENT_SENDS, (letter) => send(letter, { token, claimedAtMs, by }));
      const left = await store.count(filter, states);
      return {
        redriven: sent.filter(({ kind }) => kind === "redriven").length,
        refused: sent.flatMap((each) => (each.kind === "refused" ? [{ id: each.id, message: each.message }] : [])),
        uncertain: sent.flatMap((each) => (each.kind === "uncertain" ? [each.id] : [])),
        left,
        retryAfterMs: left === 0 ? 0 : retryAfterMs,
      };
    },
    async drop({ filter, by }) {
      checkFilter(filter);
      return { dropped: await store.drop(filter, { atMs: clock.now(), by }, 10_000) };
    },
    async tidy() {
      await store.expireClaims(clock.now() - CLAIM_MS);
      await store.prune(clock.now() - keepResolvedMs, PRUNED_AT_ONCE);
      return { unresolved: await store.countByQueue() };
    },
  };
}

/** One redrive's hold on its letters. */
interface Claim {
  readonly token: string;
  readonly claimedAtMs: number;
  readonly by: string;
}

type Settlement = [state: LetterState, resolved?: { atMs: number; by: string }];

type Sent =
  | { readonly kind: "redriven" }
  | { readonly kind: "refused"; readonly id: string; readonly message: string }
  | { readonly kind: "uncertain"; readonly id: string };

/** Answers after which the queue certainly has not taken the message: a rate limit, or a message it cannot take. */
function isRefusal(message: string): boolean {
  return /too many requests|too large|exceeds|not serializable|could not be cloned|payload/i.test(message);
}

function checkFilter({ ids }: LetterFilter): void {
  if (ids !== undefined && (ids.length === 0 || ids.length > MAX_IDS)) {
    throw new RangeError(`name 1 to ${MAX_IDS} message ids at a time, or select them with a filter`);
  }
}

async function inTurns<T, R>(items: readonly T[], concurrency: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

import { bodyHash, encodeBody, previewOf, type BodyKind } from "./body.ts";
import type { DeadLetter, LetterState, LetterView } from "./letter.ts";
import { takeTokens, type Bucket, type RateLimit } from "./rate.ts";
import { viewOf, type LetterRow } from "./row.ts";
import { whereOf, type LetterFilter } from "./selection.ts";

/** Bodies up to this stay in D1. */
const INLINE_BYTES = 8_192;
/** Statements of one D1 batch. */
const BATCH_SIZE = 50;
const RATE_ATTEMPTS = 8;

export interface LetterStoreOptions {
  readonly db: D1Database;
  /** Keeps large bodies; without it they stay in D1. */
  readonly bucket: R2Bucket | undefined;
}

/** A body on its way back, claimed for one redrive. */
export interface ClaimedLetter {
  readonly queue: string;
  readonly id: string;
  readonly kind: BodyKind;
  /** Undefined where R2 no longer has it, or did not give it. */
  readonly text: string | undefined;
  /** Why it could not be read just now. */
  readonly unreadBecause?: string;
}

/** How many letters of a queue and failure wait for a person. */
export interface LetterCount {
  readonly queue: string;
  readonly fingerprint: string;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly count: number;
  readonly oldestDeadAtMs: number;
}

/** Dead letters in D1, large bodies in R2. */
export interface LetterStore {
  /** Stores letters, each once by queue and id; one that comes again with a reason gives it to one without. */
  put(letters: readonly DeadLetter[], nowMs: number): Promise<void>;
  /** Newest death first. */
  list(filter: LetterFilter, states: readonly LetterState[], limit: number): Promise<LetterView[]>;
  find(id: string, queue?: string): Promise<LetterView[]>;
  count(filter: LetterFilter, states: readonly LetterState[]): Promise<number>;
  /** Unresolved letters by queue and failure, most first. */
  groups(limit: number): Promise<LetterCount[]>;
  /** Unresolved letters of each queue that has some. */
  countByQueue(): Promise<Readonly<Record<string, number>>>;
  /** Claims letters for one redrive, oldest death first: no two redrives get the same one. */
  claim(
    filter: LetterFilter,
    states: readonly LetterState[],
    limit: number,
    claim: { readonly token: string; readonly nowMs: number },
  ): Promise<ClaimedLetter[]>;
  /** Ends a claim. Does nothing where the claim has been lost. */
  settle(letter: ClaimedLetter, token: string, state: LetterState, resolved?: { atMs: number; by: string }): Promise<void>;
  /** Claims whose redrive did not end become uncertain. */
  expireClaims(claimedBeforeMs: number): Promise<number>;
  drop(filter: LetterFilter, resolved: { atMs: number; by: string }, limit: number): Promise<number>;
  /** Deletes letters that were resolved before, with their bodies. */
  prune(resolvedBeforeMs: number, limit: number): Promise<number>;
  /** Takes tokens of the redrive rate, shared by all callers; with a negative number gives them back. */
  takeTokens(wanted: number, nowMs: number, limit: RateLimit): Promise<{ taken: number; retryAfterMs: number }>;
}

export function createLetterStore({ db, bucket }: LetterStoreOptions): LetterStore {
  async function insertOf(letter: DeadLetter, nowMs: number): Promise<D1PreparedStatement> {
    const body = encodeBody(letter.body);
    const key = bucket && body.bytes > INLINE_BYTES ? `dead-letters/${letter.queue}/${letter.id}` : null;
    // The same key each time: a delivery that comes again overwrites the body with itself.
    if (bucket && key !== null) await bucket.put(key, body.text);
    const hash = await bodyHash(body);
    return db
      .prepare(INSERT)
      .bind(
        letter.queue,
        letter.id,
        letter.sentAtMs,
        nowMs,
        letter.attempts,
        letter.reason,
        letter.errorName,
        letter.errorMessage,
        letter.fingerprint,
        previewOf(letter.body, body),
        body.kind,
        body.bytes,
        hash,
        key === null ? body.text : null,
        key,
        hash,
        letter.queue,
      );
  }

  async function readBody(row: LetterRow): Promise<ClaimedLetter> {
    const { queue, id, body_kind: kind } = row;
    if (row.body_key === null) return { queue, id, kind, text: row.body ?? "" };
    try {
      const object = await bucket?.get(row.body_key);
      return { queue, id, kind, text: await object?.text() };
    } catch (error) {
      // One body that does not come must not leave the other claims behind.
      return { queue, id, kind, text: undefined, unreadBecause: error instanceof Error ? error.message : "unknown failure" };
    }
  }

  return {
    async put(letters, nowMs) {
      for (let at = 0; at < letters.length; at += BATCH_SIZE) {
        const statements = await Promise.all(letters.slice(at, at + BATCH_SIZE).map((letter) => insertOf(letter, nowMs)));
        await db.batch(statements);
      }
    },
    async list(filter, states, limit) {
      const { sql, values } = whereOf(filter, states);
      const query = `SELECT * FROM dead_letters WHERE ${sql} ORDER BY dead_at_ms DESC, id LIMIT ?`;
      const { results } = await db
        .prepare(query)
        .bind(...values, limit)
        .all<LetterRow>();
      return results.map(viewOf);
    },
    async find(id, queue) {
      const query = `SELECT * FROM dead_letters WHERE id = ? AND (? IS NULL OR queue = ?)`;
      const { results } = await db
        .prepare(query)
        .bind(id, queue ?? null, queue ?? null)
        .all<LetterRow>();
      return results.map(viewOf);
    },
    async count(filter, states) {
      const { sql, values } = whereOf(filter, states);
      const query = `SELECT count(*) AS n FROM dead_letters WHERE ${sql}`;
      return (
        (await db
          .prepare(query)
          .bind(...values)
          .first<number>("n")) ?? 0
      );
    },
    async groups(limit) {
      const { results } = await db.prepare(GROUPS).bind(limit).all<LetterCount>();
      return results;
    },
    async countByQueue() {
      const query = `SELECT queue, count(*) AS count FROM dead_letters
        WHERE state IN ('stored', 'redriving', 'uncertain') GROUP BY queue`;
      const { results } = await db.prepare(query).all<Pick<LetterCount, "queue" | "count">>();
      return Object.fromEntries(results.map(({ queue, count }) => [queue, count]));
    },
    async claim(filter, states, limit, { token, nowMs }) {
      const { sql, values } = whereOf(filter, states);
      const query = `UPDATE dead_letters SET state = 'redriving', claim = ?, claimed_at_ms = ? WHERE (queue, id) IN
        (SELECT queue, id FROM dead_letters WHERE ${sql} ORDER BY dead_at_ms, id LIMIT ?) RETURNING *`;
      const { results } = await db
        .prepare(query)
        .bind(token, nowMs, ...values, limit)
        .all<LetterRow>();
      return Promise.all(results.map(readBody));
    },
    async settle({ queue, id }, token, state, resolved) {
      await db
        .prepare(
          `UPDATE dead_letters SET state = ?, claim = NULL, resolved_at_ms = ?, resolved_by = ?
           WHERE queue = ? AND id = ? AND claim = ?`,
        )
        .bind(state, resolved?.atMs ?? null, resolved?.by ?? null, queue, id, token)
        .run();
    },
    async expireClaims(claimedBeforeMs) {
      const { meta } = await db
        .prepare("UPDATE dead_letters SET state = 'uncertain', claim = NULL WHERE state = 'redriving' AND claimed_at_ms < ?")
        .bind(claimedBeforeMs)
        .run();
      return meta.changes;
    },
    async drop(filter, { atMs, by }, limit) {
      const { sql, values } = whereOf(filter, ["stored", "uncertain"]);
      const query = `UPDATE dead_letters SET state = 'dropped', resolved_at_ms = ?, resolved_by = ? WHERE (queue, id) IN
        (SELECT queue, id FROM dead_letters WHERE ${sql} ORDER BY dead_at_ms, id LIMIT ?)`;
      return (
        await db
          .prepare(query)
          .bind(atMs, by, ...values, limit)
          .run()
      ).meta.changes;
    },
    async prune(resolvedBeforeMs, limit) {
      const { results } = await db
        .prepare(`SELECT body_key ${PRUNED}`)
        .bind(resolvedBeforeMs, limit)
        .all<Pick<LetterRow, "body_key">>();
      const keys = results.flatMap(({ body_key: key }) => (key === null ? [] : [key]));
      // Bodies first: a row whose body is gone is pruned the next time, a body without its row would stay for ever.
      if (keys.length > 0) await bucket?.delete(keys);
      const { meta } = await db
        .prepare(`DELETE FROM dead_letters WHERE (queue, id) IN (SELECT queue, id ${PRUNED})`)
        .bind(resolvedBeforeMs, limit)
        .run();
      return meta.changes;
    },
    async takeTokens(wanted, nowMs, limit) {
      for (let attempt = 0; attempt < RATE_ATTEMPTS; attempt += 1) {
        const known = await db
          .prepare("SELECT tokens, at_ms AS atMs, version FROM dead_letter_rate WHERE id = 1")
          .first<Bucket & { version: number }>();
        const { bucket: next, taken, retryAfterMs } = takeOrGive(known ?? undefined, wanted, nowMs, limit);
        const version = known?.version ?? 0;
        const { meta } = await db
          .prepare(
            `INSERT INTO dead_letter_rate (id, tokens, at_ms, version) VALUES (1, ?1, ?2, ?3 + 1)
             ON CONFLICT (id) DO UPDATE SET tokens = ?1, at_ms = ?2, version = ?3 + 1 WHERE version = ?3`,
          )
          .bind(next.tokens, next.atMs, version)
          .run();
        if (meta.changes > 0) return { taken, retryAfterMs };
      }
      // Others take all the time: that is what the rate is for.
      return { taken: 0, retryAfterMs: 1_000 };
    },
  };
}

function takeOrGive(bucket: Bucket | undefined, wanted: number, nowMs: number, limit: RateLimit): ReturnType<typeof takeTokens> {
  if (wanted >= 0) return takeTokens(bucket, wanted, nowMs, limit);
  const given = { tokens: Math.min(limit.burst, (bucket?.tokens ?? limit.burst) - wanted), atMs: bucket?.atMs ?? nowMs };
  return { bucket: given, taken: 0, retryAfterMs: 0 };
}

/** A second delivery keeps the row. Only a reason is added: the envelope and the platform's own copy may come in either order. */
const INSERT = `INSERT INTO dead_letters (queue, id, state, sent_at_ms, dead_at_ms, attempts, reason, error_name, error_message, fingerprint,
  preview, body_kind, body_bytes, body_hash, body, body_key, redrives)
VALUES (?, ?, 'stored', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
  (SELECT coalesce(max(redrives) + 1, 0) FROM dead_letters WHERE body_hash = ? AND queue = ? AND state = 'redriven'))
ON CONFLICT (queue, id) DO UPDATE SET reason = excluded.reason, error_name = excluded.error_name,
  error_message = excluded.error_message, fingerprint = excluded.fingerprint
WHERE dead_letters.reason = 'unknown' AND excluded.reason <> 'unknown'`;

const PRUNED = `FROM dead_letters WHERE state IN ('redriven', 'dropped') AND resolved_at_ms < ? ORDER BY resolved_at_ms, queue, id LIMIT ?`;

const GROUPS = `SELECT queue, fingerprint, max(error_name) AS errorName, max(error_message) AS errorMessage, count(*) AS count,
  min(dead_at_ms) AS oldestDeadAtMs
FROM dead_letters WHERE state IN ('stored', 'redriving', 'uncertain') GROUP BY queue, fingerprint ORDER BY count DESC, queue LIMIT ?`;

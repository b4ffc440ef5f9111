import type { DeathReason, LetterState } from "./letter.ts";

/** Which dead letters are meant. Every part given must fit. */
export interface LetterFilter {
  readonly queue?: string;
  readonly fingerprint?: string;
  readonly reason?: DeathReason;
  /** Single messages. */
  readonly ids?: readonly string[];
  /** Epoch milliseconds: died before. */
  readonly before?: number;
}

/** A condition of SQL with what is bound to it. */
export interface Where {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** D1 takes 100 bound values a statement. */
export const MAX_IDS = 80;

/** The condition of a filter for letters in one of the states. */
export function whereOf(filter: LetterFilter, states: readonly LetterState[]): Where {
  const parts: string[] = [`state IN (${states.map(() => "?").join(", ")})`];
  const values: (string | number)[] = [...states];
  const add = (sql: string, ...bound: (string | number)[]): void => {
    parts.push(sql);
    values.push(...bound);
  };
  if (filter.queue !== undefined) add("queue = ?", filter.queue);
  if (filter.fingerprint !== undefined) add("fingerprint = ?", filter.fingerprint);
  if (filter.reason !== undefined) add("reason = ?", filter.reason);
  if (filter.before !== undefined) add("dead_at_ms < ?", filter.before);
  if (filter.ids !== undefined) add(`id IN (${filter.ids.map(() => "?").join(", ")})`, ...filter.ids);
  return { sql: parts.join(" AND "), values };
}

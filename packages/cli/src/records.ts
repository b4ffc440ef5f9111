import { UserError } from "./io.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * The list of objects under a key of an answer.
 * @throws UserError if the answer has another shape: then the two sides are of different versions
 */
export function recordsOf(answer: unknown, key: string): JsonRecord[] {
  const list = isRecord(answer) ? answer[key] : undefined;
  if (!Array.isArray(list)) throw new UserError(`the evaluator's answer has no "${key}": update @monotask/cli or the evaluator`);
  return list.filter(isRecord);
}

export function textOf(record: JsonRecord, key: string): string {
  const value = record[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** The text under a key of an answer; undefined where there is none. */
export function textIn(answer: unknown, key: string): string | undefined {
  const value = isRecord(answer) ? answer[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** A number under a key of an answer; 0 where there is none. */
export function countOf(answer: unknown, key: string): number {
  const value = isRecord(answer) ? answer[key] : undefined;
  return typeof value === "number" ? value : 0;
}

/** The texts of a list under a key of an answer; none where there is no list. */
export function textsOf(answer: unknown, key: string): string[] {
  const list = isRecord(answer) ? answer[key] : undefined;
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

/** The object under a key of an answer; undefined where there is none. */
export function recordOf(answer: unknown, key: string): JsonRecord | undefined {
  const value = isRecord(answer) ? answer[key] : undefined;
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null;
}

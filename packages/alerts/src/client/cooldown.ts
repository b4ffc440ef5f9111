import { isLouder, SEVERITIES, type Severity } from "../model/severity.ts";
import { byteLength, hash64, inTime, propertyOf } from "@monotask/telemetry";
import { ANSWER_MS } from "./env.ts";
import type { WaitingErrors } from "./errors.ts";

/** The specification's cooldown. */
export const COOLDOWN_S = 3_600;
/** KV's longest key. */
const MAX_KEY_BYTES = 512;
/** Rules that an isolate remembers; the oldest are forgotten first. */
const REMEMBERED_RULES = 1_000;

/** The part of a KV namespace that is used here. */
export interface CooldownKv {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

/** When a rule's alert last went out, and how loud it was. */
export interface Mark {
  atMs: number;
  severity: Severity;
  /** When it last went straight to the channels, past an AlertManager that could not be reached (epoch ms). */
  directAtMs?: number;
  /** Fingerprints of the errors that went out, with the time (epoch ms); the oldest are forgotten first. */
  errors?: Readonly<Record<string, number>> | undefined;
}

/** What an isolate remembers of a rule. */
export interface RememberedMark extends Mark {
  /** Occurrences since then that nobody has been told of. */
  waiting: number;
  /** The same by error. */
  waitingErrors?: WaitingErrors;
}

/** Marks of one isolate, by key. */
export type CooldownMemory = Map<string, RememberedMark>;

/** `alert:{ruleName}:{workerName}`, with a hash for a name that would be too long for KV. */
export function cooldownKey(ruleName: string, workerName: string): string {
  const key = `alert:${ruleName}:${workerName}`;
  // A UTF-16 unit has at most three bytes of UTF-8: most keys need no counting.
  return key.length * 3 <= MAX_KEY_BYTES || byteLength(key) <= MAX_KEY_BYTES
    ? key
    : `alert:${hash64(ruleName)}:${hash64(workerName)}`;
}

/** What is about to go out. */
export interface News {
  severity: Severity;
  /** Of the error that it is about. */
  fingerprint: string | undefined;
}

/** True while a mark says that nothing new needs to go out: it is young enough, and neither severity nor error is news. */
export function holdsBack(mark: Mark, { severity, fingerprint }: News, nowMs: number, windowMs: number): boolean {
  const isYoung = nowMs - mark.atMs < windowMs;
  return isYoung && !isLouder(severity, mark.severity) && !isNewError(mark, fingerprint, nowMs);
}

/** Errors that a mark remembers. */
const REMEMBERED_ERRORS = 20;
const DAY_MS = 24 * 3_600_000;

/** True for an error that has not gone out within a day under a mark that remembers others: it breaks the cooldown. */
function isNewError(mark: Mark, fingerprint: string | undefined, nowMs: number): boolean {
  const errors = mark.errors ?? {};
  // A mark that is full of errors of this hour has had its share of news: a rule whose every error is new must not storm.
  const known = Object.keys(errors).length;
  if (fingerprint === undefined || known === 0 || known >= REMEMBERED_ERRORS) return false;
  const seenAtMs = errors[fingerprint];
  return seenAtMs === undefined || nowMs - seenAtMs > DAY_MS;
}

/** The errors of a mark with one more, the newest last; those of more than a day ago are forgotten. */
export function withError(errors: Mark["errors"], fingerprint: string | undefined, nowMs: number): Record<string, number> {
  const recent = Object.entries(errors ?? {}).filter(([known, atMs]) => known !== fingerprint && nowMs - atMs <= DAY_MS);
  if (fingerprint !== undefined) recent.push([fingerprint, nowMs]);
  return Object.fromEntries(recent.slice(-REMEMBERED_ERRORS));
}

/** Remembers a mark; forgets the oldest beyond what is kept. */
export function remember(memory: CooldownMemory, key: string, mark: RememberedMark): void {
  memory.delete(key);
  memory.set(key, mark);
  for (const oldest of memory.keys()) {
    if (memory.size <= REMEMBERED_RULES) return;
    memory.delete(oldest);
  }
}

/** Reads a mark from KV; `unknown` when KV fails. The time in the value decides, not KV's expiry. */
export async function readMark(kv: CooldownKv, key: string): Promise<Mark | "none" | "unknown"> {
  try {
    return parseMark(await inTime("KV", ANSWER_MS, kv.get(key))) ?? "none";
  } catch {
    return "unknown";
  }
}

/** Writes a mark to KV. Never rejects: a mark that is not written costs one message more. */
export async function writeMark(kv: CooldownKv, key: string, mark: Mark): Promise<void> {
  try {
    const { atMs, severity, directAtMs, errors } = mark;
    await inTime(
      "KV",
      ANSWER_MS,
      kv.put(key, JSON.stringify({ atMs, severity, directAtMs, errors }), { expirationTtl: COOLDOWN_S }),
    );
  } catch {
    // One write a second on each key is KV's limit; the mark of another isolate stands then.
  }
}

/** Removes a mark, so that the next alert is news. Never rejects. */
export async function clearMark(kv: CooldownKv, key: string): Promise<void> {
  try {
    await inTime("KV", ANSWER_MS, kv.delete(key));
  } catch {
    // It runs out by itself.
  }
}

function parseMark(text: string | null): Mark | undefined {
  if (text === null) return undefined;
  const value: unknown = JSON.parse(text);
  const atMs = propertyOf(value, "atMs");
  if (typeof atMs !== "number") return undefined;
  const severity = SEVERITIES.find((known) => known === propertyOf(value, "severity")) ?? "info";
  const directAtMs = Number(propertyOf(value, "directAtMs")) || 0;
  const errors = Object.entries(propertyOf(value, "errors") ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return { atMs, severity, directAtMs, errors: Object.fromEntries(errors) };
}

/** True for a binding that looks like KV. */
export function isCooldownKv(binding: unknown): binding is CooldownKv {
  return ["get", "put", "delete"].every((name) => typeof propertyOf(binding, name) === "function");
}

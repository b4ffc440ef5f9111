import { useEffect, useRef, useState } from "preact/hooks";

/** What a page knows of something it asked for. What was there stays while it is read again. */
export type Loaded<T> =
  | { readonly state: "loading" }
  /** `isOther`: read from another address, and shown until this one has answered. */
  | { readonly state: "ready"; readonly data: T; readonly isOther: boolean }
  | { readonly state: "failed"; readonly error: string; readonly status: number };

/** An answer that was no success, in the server's own words. */
export class ReadError extends Error {
  override readonly name = "ReadError";
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Reads JSON of this dashboard. @throws ReadError */
export async function readJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const patience = AbortSignal.timeout(LONGEST_MS);
  return ask<T>(url, {
    headers: { accept: "application/json" },
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
  });
}

/** The dashboard itself gives up on what it asks after 30 s at most. */
const LONGEST_MS = 40_000;

/** @throws ReadError, also where nothing answers */
async function ask<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    // Access sends somebody whose session is over to its own pages: that is not followed, but told.
    response = await fetch(url, { ...init, redirect: "manual" });
  } catch (error) {
    const isSlow = error instanceof DOMException && error.name === "TimeoutError";
    throw new ReadError(isSlow ? `no answer within ${LONGEST_MS / 1_000} s` : UNREACHABLE, 0);
  }
  if (response.type === "opaqueredirect") throw new ReadError(SIGNED_OUT, 0);
  return answerOf<T>(response);
}

const UNREACHABLE = "the dashboard cannot be reached: look whether this computer is online, then try again";
const SIGNED_OUT = "you are not signed in any more: reload the page to sign in again";

/** Asks for a change. @throws ReadError */
export async function postAction<T>(action: Readonly<Record<string, unknown>>): Promise<T> {
  return ask<T>("/api/actions", {
    method: "POST",
    headers: { "content-type": "application/json", "x-monotask-action": "1" },
    body: JSON.stringify(action),
  });
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ReadError(saidBy(response, text), response.status);
  }
  if (!response.ok) {
    const error = typeof body === "object" && body !== null ? (Reflect.get(body, "error") as unknown) : undefined;
    throw new ReadError(typeof error === "string" ? error : `the dashboard answered ${response.status}`, response.status);
  }
  // The one boundary between the wire and the app: both sides are built together.
  return body as T;
}

/** A refusal of the dashboard is plain text; a page of what stands before it says nothing to a person who reads it as text. */
function saidBy({ status, headers }: Response, text: string): string {
  const isPlain = headers.get("content-type")?.startsWith("text/plain") === true;
  return (isPlain && text.trim().slice(0, 300)) || `the dashboard answered ${status} without JSON`;
}

const reads = new Map<string, Promise<unknown>>();
let readsOfTurn = -1;

/** One request for all parts of a page that show the same. */
function readOnce<T>(url: string, turn: number): Promise<T> {
  if (turn !== readsOfTurn) reads.clear();
  readsOfTurn = turn;
  const known = reads.get(url) ?? readJson<T>(url);
  reads.set(url, known);
  // What stands under a URL is what was read from it.
  return known as Promise<T>;
}

/** Reads a URL now, again when it changes, and again with each `turn`. */
export function useRead<T>(url: string | undefined, turn: number): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const last = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (url === undefined) return undefined;
    let isWanted = true;
    const isOther = last.current !== url;
    last.current = url;
    setLoaded((before) => (before.state === "ready" && isOther ? { ...before, isOther } : before));
    readOnce<T>(url, turn).then(
      (data) => {
        if (isWanted) setLoaded({ state: "ready", data, isOther: false });
      },
      (error: unknown) => {
        reads.delete(url);
        const status = error instanceof ReadError ? error.status : 0;
        if (isWanted) setLoaded({ state: "failed", error: error instanceof Error ? error.message : "unknown error", status });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [url, turn]);
  return loaded;
}

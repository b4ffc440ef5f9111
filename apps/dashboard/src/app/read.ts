import { useEffect, useState } from "preact/hooks";

/** What a page knows of something it asked for. What was there stays while it is read again. */
export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly data: T; readonly isStale: boolean }
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
  const response = await fetch(url, { headers: { accept: "application/json" }, ...(signal !== undefined && { signal }) });
  return answerOf<T>(response);
}

/** Asks for a change. @throws ReadError */
export async function postAction<T>(action: Readonly<Record<string, unknown>>): Promise<T> {
  const response = await fetch("/api/actions", {
    method: "POST",
    headers: { "content-type": "application/json", "x-monotask-action": "1" },
    body: JSON.stringify(action),
  });
  return answerOf<T>(response);
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ReadError(text.slice(0, 300) || `the dashboard answered ${response.status}`, response.status);
  }
  if (!response.ok) {
    const error = typeof body === "object" && body !== null ? (Reflect.get(body, "error") as unknown) : undefined;
    throw new ReadError(typeof error === "string" ? error : `the dashboard answered ${response.status}`, response.status);
  }
  // The one boundary between the wire and the app: both sides are built together.
  return body as T;
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
  useEffect(() => {
    if (url === undefined) return undefined;
    let isWanted = true;
    setLoaded((before) => (before.state === "ready" ? { ...before, isStale: true } : before));
    readOnce<T>(url, turn).then(
      (data) => {
        if (isWanted) setLoaded({ state: "ready", data, isStale: false });
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

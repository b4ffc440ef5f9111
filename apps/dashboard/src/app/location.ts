import { useEffect, useState } from "preact/hooks";

/** Where the viewer is: everything that matters is in the address, so that a link shows what its sender saw. */
export interface Place {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const follow = (): void => setPlace(placeNow());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  return place;
}

/** Goes to another page of the app, keeping the time range and what is narrowed to. */
export function go(path: string, changes: Readonly<Record<string, string | undefined>> = {}): void {
  history.pushState(undefined, "", hrefOf(path, changes));
  dispatchEvent(new PopStateEvent("popstate"));
}

/** Changes the query of this page. */
export function narrow(changes: Readonly<Record<string, string | undefined>>): void {
  go(location.pathname, { ...placeNow().query, ...changes });
}

const KEPT: readonly string[] = ["range", "from", "to", "environment", "worker", "version", "endpoint", "compare"];

export function hrefOf(path: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const kept = Object.entries(placeNow().query).filter(([name]) => KEPT.includes(name));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...Object.fromEntries(kept), ...changes }))
    if (value !== undefined && value !== "") query.set(name, value);
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

function placeNow(): Place {
  return { path: location.pathname, query: Object.fromEntries(new URLSearchParams(location.search)) };
}

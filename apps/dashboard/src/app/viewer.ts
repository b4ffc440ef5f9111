import type { Dashboard } from "@monotask/panels";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Place } from "./location.ts";
import type { TimeRange } from "./time.ts";

export interface Me {
  readonly name: string;
  readonly role: "viewer" | "operator";
  readonly environment: string;
  readonly dataset: string;
  readonly nowMs: number;
  readonly title: string;
}

/** A version that began to answer requests within the range. */
export interface Deploy {
  readonly atMs: number;
  readonly worker: string;
  readonly version: string;
}

/** What every page stands on. */
export interface View {
  readonly me: Me;
  readonly dashboard: Dashboard;
  readonly place: Place;
  readonly range: TimeRange;
  readonly nowMs: number;
  /** Grows with each refresh. */
  readonly turn: number;
  readonly deploys: readonly Deploy[];
  /** Versions that answered requests within the range, the newest first. */
  readonly versions: readonly string[];
  readonly theme: "light" | "dark";
  readonly refresh: () => void;
  readonly say: (text: string) => void;
}

const ViewContext = createContext<View | undefined>(undefined);

export const ViewProvider = ViewContext.Provider;

export function useView(): View {
  const view = useContext(ViewContext);
  if (view === undefined) throw new Error("no view: a page was drawn outside of the shell");
  return view;
}

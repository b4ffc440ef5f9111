import type { Dashboard } from "@monotask/panels";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { deploysOf, versionsOf } from "./deploys.ts";
import type { VersionAnswer } from "./deploys.ts";
import { usePlace } from "./location.ts";
import { pageOf } from "./pages/pages.tsx";
import { Boundary } from "./parts/boundary.tsx";
import { Shell } from "./parts/shell.tsx";
import { ReadError, readJson, useRead } from "./read.ts";
import { useTheme } from "./theme.ts";
import { dataQuery, LIVE_MS, rangeOf } from "./time.ts";
import { ViewProvider } from "./viewer.ts";
import type { Me, View } from "./viewer.ts";

const REFRESH_MS = 60_000;

interface Start {
  readonly me: Me;
  readonly dashboard: Dashboard;
}

/** Reads who looks and what there is to see, then shows the page of the address. */
export function App() {
  const [start, setStart] = useState<Start | string>();
  const [turn, setTurn] = useState(0);
  const [nowMs, setNowMs] = useState(0);
  const [said, setSaid] = useState("");
  const place = usePlace();
  const theme = useTheme();

  const refresh = useCallback(() => {
    readJson<Me>("/api/me").then(
      (me) => {
        setNowMs(me.nowMs);
        setTurn((before) => before + 1);
      },
      // What is on screen says itself that it is old.
      () => setTurn((before) => before + 1),
    );
  }, []);

  useEffect(() => {
    // index.html preloads it, so that it comes beside the code.
    readJson<Start>("/api/start").then(
      (loaded) => {
        setStart(loaded);
        setNowMs(loaded.me.nowMs);
      },
      (error: unknown) => setStart(error instanceof ReadError || error instanceof Error ? error.message : "unknown error"),
    );
  }, []);

  useEffect(() => {
    let lastMs = performance.now();
    // A tab that nobody looks at asks nothing, and one that is looked at again does not show what was hours ago.
    const refreshIfOld = (): void => {
      if (document.visibilityState !== "visible" || performance.now() - lastMs < REFRESH_MS) return;
      lastMs = performance.now();
      refresh();
    };
    const timer = setInterval(refreshIfOld, REFRESH_MS / 12);
    document.addEventListener("visibilitychange", refreshIfOld);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refreshIfOld);
    };
  }, [refresh]);

  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), 4_000);
    return () => clearTimeout(timer);
  }, [said]);

  const range = useMemo(() => rangeOf(place, nowMs), [place, nowMs]);
  const isStarted = typeof start === "object" && nowMs > 0;
  const versions = useRead<VersionAnswer>(
    isStarted ? `/api/versions?${dataQuery(range, { ...place, query: { ...place.query, version: undefined } })}` : undefined,
    turn,
  );
  const deploys = useMemo(() => (versions.state === "ready" ? deploysOf(versions.data, range.fromMs) : []), [versions]);

  // Days that are kept as a whole cannot be narrowed to a version.
  const isLive = nowMs - range.fromMs <= LIVE_MS;
  const known = useMemo(() => (isLive && versions.state === "ready" ? versionsOf(versions.data) : []), [versions, isLive]);

  if (typeof start === "string")
    return (
      <div class="notice notice-failed" role="alert">
        <b>The dashboard cannot be opened</b>
        <pre>{start}</pre>
        <button type="button" class="button" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    );
  if (start === undefined || nowMs === 0) return <div class="starting" role="status" aria-label="loading" />;
  const view: View = {
    me: start.me,
    dashboard: start.dashboard,
    place,
    range,
    nowMs,
    turn,
    deploys,
    versions: known,
    theme,
    refresh,
    say: setSaid,
  };
  const page = pageOf(place.path, start.dashboard.sections);
  return (
    <ViewProvider value={view}>
      <Shell title={page.title}>
        <Boundary key={place.path} what="This page">
          {page.body()}
        </Boundary>
      </Shell>
      <div class="toast" role="status" aria-live="polite">
        {said !== "" && <span>{said}</span>}
      </div>
    </ViewProvider>
  );
}

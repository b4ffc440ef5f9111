import type { ComponentChildren } from "preact";
import type { Loaded } from "../read.ts";
import { useView } from "../viewer.ts";

export type StateName = "ok" | "warning" | "critical" | "no-data" | "excluded" | "info";

const ICONS: Readonly<Record<StateName, string>> = {
  ok: "✓",
  warning: "▲",
  critical: "●",
  "no-data": "◌",
  excluded: "∥",
  info: "i",
};

/** State is colour, icon and word together. */
export function State({ name, children }: { name: StateName; children: ComponentChildren }) {
  return (
    <span class={`state state-${name}`}>
      <i aria-hidden="true">{ICONS[name]}</i>
      {children}
    </span>
  );
}

/** A frame of the size of what is coming. */
export function Skeleton({ height }: { height: 32 | 96 | 220 }) {
  return <div class={`skeleton skeleton-${height}`} role="status" aria-label="loading" />;
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <b>{title}</b>
      {children !== undefined && <div class="notice-what">{children}</div>}
    </div>
  );
}

export function Failed({ what, error }: { what: string; error: string }) {
  const { refresh } = useView();
  return (
    <div class="notice notice-failed" role="alert">
      <b>
        <State name="critical">{what} cannot be shown</State>
      </b>
      <div class="notice-what">{error}</div>
      <button type="button" class="button" onClick={refresh}>
        Try again
      </button>
    </div>
  );
}

/** What was read, or why it is not there. */
export function Show<T>({
  loaded,
  what,
  height,
  children,
}: {
  loaded: Loaded<T>;
  what: string;
  height?: 32 | 96 | 220;
  children: (data: T) => ComponentChildren;
}) {
  if (loaded.state === "loading") return <Skeleton height={height ?? 220} />;
  // An evaluator of an older version does not have everything that this app can show.
  if (loaded.state === "failed" && loaded.status === 404 && height !== undefined)
    return <Empty title={`${what} are not there`}>The evaluator answered: {loaded.error}. Deploy its newest version.</Empty>;
  if (loaded.state === "failed") return <Failed what={what} error={loaded.error} />;
  return <>{children(loaded.data)}</>;
}

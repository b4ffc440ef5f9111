import { viewOf, type Alert, type AlertView } from "./alert.ts";

/** Alerts of one answer. At most 40 KB each, so that a page stays well under the 32 MiB that an RPC may carry (Cloudflare's limit). */
export const MAX_PAGE = 500;

/** Which alerts to list. */
export interface AlertQuery {
  /** Where the page before ended; the first page without. */
  cursor?: string;
  /** 500 at most, and by default. */
  limit?: number;
  /** Alerts of this group alone. */
  groupKey?: string;
}

/** Some alerts, in the order of their ids. */
export interface AlertPage {
  alerts: AlertView[];
  /** On all pages together. */
  total: number;
  /** Asks for the next page; absent on the last one. */
  cursor?: string;
}

/** A page of alerts. One that stands while all pages are read is on exactly one of them, whatever comes and goes meanwhile. */
export function pageOf(alerts: readonly Alert[], { cursor = "", limit = MAX_PAGE }: AlertQuery): AlertPage {
  const rest = alerts.filter(({ id }) => id > cursor).sort((a, b) => (a.id < b.id ? -1 : 1));
  const shown = rest.slice(0, limit >= 1 ? Math.min(limit, MAX_PAGE) : MAX_PAGE);
  const last = shown.at(-1);
  return {
    alerts: shown.map(viewOf),
    total: alerts.length,
    ...(last !== undefined && shown.length < rest.length && { cursor: last.id }),
  };
}

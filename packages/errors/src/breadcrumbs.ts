import { remembered } from "@monotask/telemetry";

/** One step on the way to an error. */
export interface Breadcrumb {
  readonly message: string;
  /** What kind of step it was: `query`, `fetch`, `cache`. */
  readonly category?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** A breadcrumb as an error shows it. */
export interface LeftBreadcrumb extends Breadcrumb {
  /** Real milliseconds between the step and the error. The clock stands still between I/O in production. */
  readonly agoMs: number;
}

interface Kept {
  readonly crumb: Breadcrumb;
  readonly atMs: number;
}

/** The last steps tell most. */
const MAX_BREADCRUMBS = 20;

const kept = new WeakMap<object, Kept[]>();

/**
 * Notes a step of a request; an error of the same request shows the last 20. Costs nothing else, and is gone with the request.
 * `addBreadcrumb(request, { category: "cache", message: "miss", data: { key } })`
 */
export function addBreadcrumb(request: object, crumb: Breadcrumb): void {
  const crumbs = remembered(kept, request, () => []);
  if (crumbs.length >= MAX_BREADCRUMBS) crumbs.shift();
  crumbs.push({ crumb, atMs: Date.now() });
}

/** The steps that a request has left, oldest first. */
export function breadcrumbsOf(request: object | undefined): readonly LeftBreadcrumb[] {
  const crumbs = (request && kept.get(request)) ?? [];
  return crumbs.map(({ crumb, atMs }) => ({ ...crumb, agoMs: Math.max(0, Date.now() - atMs) }));
}

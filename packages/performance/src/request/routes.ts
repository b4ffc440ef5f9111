import { routePattern } from "@monotask/telemetry";
import { pathOf } from "./critical.ts";

/** Derived patterns that an isolate tells apart; the rest is one. A scanner must not become a thousand routes. */
const MAX_ROUTES = 200;

export const OTHER_ROUTES = "(other)";

const known = new Set<string>();

/** The pattern of a request's path with its ids replaced. What answers 404 takes no place among the known routes. */
export function derivedRoute(request: Request, statusCode: number): string {
  try {
    return boundedRoute(routePattern(pathOf(request.url)), statusCode === 404);
  } catch {
    return "(unknown)";
  }
}

/** A pattern, or `(other)` where there are too many. */
export function boundedRoute(pattern: string, isMissing: boolean, routes: Set<string> = known): string {
  if (routes.has(pattern)) return pattern;
  if (isMissing || routes.size >= MAX_ROUTES) return OTHER_ROUTES;
  routes.add(pattern);
  return pattern;
}

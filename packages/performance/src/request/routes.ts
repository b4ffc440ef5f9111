import { routePattern } from "@monotask/telemetry";
import { pathOf } from "./critical.ts";

/** Derived patterns that an isolate tells apart; the rest is one. A scanner must not become a thousand routes. */
const MAX_ROUTES = 200;
/** Whoever refuses before routing answers each path of a scanner, so what is refused may take half of the places. */
const MAX_REFUSED_ROUTES = 100;

export const OTHER_ROUTES = "(other)";

const known = new Set<string>();

/** The pattern of a request's path with its ids replaced. */
export function derivedRoute(request: Request, statusCode: number): string {
  try {
    return boundedRoute(routePattern(pathOf(request.url)), statusCode);
  } catch {
    return "(unknown)";
  }
}

/**
 * A pattern, or `(other)` where there are too many. What answers 404 takes no place among the known ones, and another 4xx none that
 * healthy routes may need.
 */
export function boundedRoute(pattern: string, statusCode: number, routes: Set<string> = known): string {
  if (routes.has(pattern)) return pattern;
  const places = statusCode >= 400 && statusCode < 500 ? MAX_REFUSED_ROUTES : MAX_ROUTES;
  if (statusCode === 404 || routes.size >= places) return OTHER_ROUTES;
  routes.add(pattern);
  return pattern;
}

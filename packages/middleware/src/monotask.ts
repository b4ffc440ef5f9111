import { propertyOf } from "@monotask/telemetry";
import { recordOf } from "./request-record.ts";

/** The part of Hono's context that is read. Kept structural, so that this package does not need Hono. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly error?: Error | undefined;
}

/**
 * Hono middleware that tells `monitor` the matched route pattern and the error that Hono caught. Use it first:
 * `app.use(monotask())`. Without `monitor` around the app it does nothing.
 */
export function monotask(): (c: HonoContext, next: () => Promise<void>) => Promise<void> {
  return async (c, next) => {
    await next();
    const record = recordOf(c.req.raw);
    if (!record) return;
    const route = matchedPattern(c.req);
    if (route !== undefined) record.route = route;
    if (c.error !== undefined) record.caught = c.error;
  };
}

/** The pattern of the handler that matched: middleware patterns are registered for every method, or end in `*`. */
function matchedPattern(req: unknown): string | undefined {
  const routes = propertyOf(req, "matchedRoutes");
  if (!Array.isArray(routes)) return undefined;
  const patterns = routes
    .map((route: unknown) => propertyOf(route, "path"))
    .filter((path) => typeof path === "string")
    .filter((path) => !path.endsWith("*"));
  return patterns.at(-1);
}

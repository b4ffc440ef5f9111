import { propertyOf } from "@monotask/telemetry";
import type { MonitorOptions } from "./options.ts";
import { requestMonitor } from "./request-monitor.ts";
import { scopeOf } from "./scope-of.ts";

/** The part of Hono's context that is read. Kept structural, so that this package does not need Hono. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly env?: unknown;
  readonly res: Response;
  readonly error?: Error | undefined;
}

type HonoMiddleware = (c: HonoContext, next: () => Promise<void>) => Promise<void>;

/**
 * Hono middleware, the first of an app. Under `monitor` it tells the matched route pattern and the error that Hono caught:
 * `app.use(monotask())`. With options it monitors the app's requests by itself: `app.use(monotask({ workerName: "api" }))`; cron,
 * queues and e-mail need `monitor` around the export.
 */
export function monotask(options?: MonitorOptions): HonoMiddleware {
  const monitored = options ? requestMonitor(options) : undefined;

  return async (c, next) => {
    if (!monitored) return named(c, next);
    await monitored(c.req.raw, c.env, contextOf(c), async () => {
      await named(c, next);
      return c.res;
    });
  };
}

async function named(c: HonoContext, next: () => Promise<void>): Promise<void> {
  try {
    await next();
  } finally {
    // Also where Hono throws on: it catches no value but an Error.
    const scope = scopeOf(c.req.raw);
    const route = scope && matchedPattern(c.req);
    if (scope && route !== undefined) scope.endpoint = route;
    if (scope && c.error !== undefined) scope.caught = { error: c.error };
  }
}

/** The execution context; Hono's getter throws where there is none. */
function contextOf(c: HonoContext): unknown {
  return propertyOf(c, "executionCtx");
}

/**
 * The pattern of the handler that answered; where a middleware answered before it, of the handler that would have. Middleware is known
 * by its pattern, which ends in `*` for every method: so does a handler's, which counts where no other is there.
 */
function matchedPattern(req: unknown): string | undefined {
  const matched = propertyOf(req, "matchedRoutes");
  if (!Array.isArray(matched)) return undefined;
  const last = propertyOf(req, "routeIndex");
  const routes: readonly unknown[] = typeof last === "number" ? matched.slice(last) : matched;
  const pattern = propertyOf(routes.find(isOfHandler) ?? routes[0], "path");
  return typeof pattern === "string" && !EVERYTHING.includes(pattern) ? pattern : undefined;
}

/** Patterns that tell nothing. */
const EVERYTHING = ["*", "/*"];

function isOfHandler(route: unknown): boolean {
  const path = propertyOf(route, "path");
  return typeof path === "string" && !(propertyOf(route, "method") === "ALL" && path.endsWith("*"));
}

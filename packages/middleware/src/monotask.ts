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
  await next();
  const scope = scopeOf(c.req.raw);
  if (!scope) return;
  const route = matchedPattern(c.req);
  if (route !== undefined) scope.endpoint = route;
  if (c.error !== undefined) scope.caught = { error: c.error };
}

/** The execution context; Hono's getter throws where there is none. */
function contextOf(c: HonoContext): unknown {
  return propertyOf(c, "executionCtx");
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

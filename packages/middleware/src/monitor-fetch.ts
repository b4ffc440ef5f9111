import { describeError } from "@monotask/errors";
import { createPerformanceTracker, reopenRequest } from "@monotask/performance";
import { propertyOf, routePattern } from "@monotask/telemetry";
import { isCriticalByDefault, type MonitorOptions } from "./options.ts";
import type { Observer } from "./observe.ts";
import { closeRecord, openRecord, requestIdOf, type RequestRecord } from "./request-record.ts";
import { keptAlive, openInvocation } from "./worker.ts";

interface Ending {
  readonly statusCode: number;
  readonly hasThrown: boolean;
}

/** Starts the observation of one request. */
export function observeFetch(args: readonly unknown[], env: object, options: MonitorOptions): Observer | undefined {
  const [request, , ctx] = args;
  if (!(request instanceof Request)) return undefined;
  const invocation = openInvocation(env, options.workerName, ctx);
  reopenRequest(request);
  const { settings, writer } = invocation;
  const tracker = createPerformanceTracker(env, options.workerName, { ...options, settings, writer });
  const record: RequestRecord = { requestId: requestIdOf(request), invocation, tracker };
  openRecord(request, record);
  return {
    returned: (response) => {
      const status = propertyOf(response, "status");
      end(request, record, { statusCode: typeof status === "number" ? status : 200, hasThrown: false }, options);
    },
    threw: (error) => {
      record.caught = error;
      end(request, record, { statusCode: describeError(error).statusCode ?? 500, hasThrown: true }, options);
    },
  };
}

function end(request: Request, record: RequestRecord, ending: Ending, options: MonitorOptions): void {
  closeRecord(request);
  const endpoint = record.route ?? routeOf(request, options.route);
  const { requestId, invocation, tracker } = record;
  const isCritical = (options.critical ?? isCriticalByDefault)(request, endpoint);
  tracker.recordRequest(request, ending.statusCode, { requestId, endpoint, isCritical, hasThrown: ending.hasThrown });
  if (ending.statusCode < 500 && !ending.hasThrown && record.caught === undefined) return;
  const error = record.caught ?? answeredWith(ending.statusCode);
  const described = invocation.alerter.createErrorContext(error, request, { requestId, endpoint });
  keptAlive(invocation.alerter.sendAlert(described), invocation.keepAlive);
}

/** A 5xx answer without an error: somebody chose it, so there is no stack that would tell more. */
function answeredWith(status: number): object {
  return { name: "ServerErrorAnswer", message: `answered ${status}`, status };
}

function routeOf(request: Request, route: MonitorOptions["route"]): string {
  try {
    return route ? route(request) : routePattern(new URL(request.url).pathname);
  } catch {
    return "(unknown)";
  }
}

import { hasToldError } from "@monotask/errors";
import { currentScope, endpointOf, recordRequest, requestIdOf, runIn, Scope, slowRulesOf, statusOf } from "@monotask/performance";
import type { RequestRules } from "@monotask/performance";
import { propertyOf } from "@monotask/telemetry";
import { beside, quietly, type CallEnd } from "./method.ts";
import type { MonitorOptions } from "./options.ts";
import { responseShaper } from "./response.ts";
import { rememberScope } from "./scope-of.ts";
import { tellError, type MonitoredWorker } from "./worker.ts";

/** Handles one request: `call` is the host's own handler. */
export type FetchMonitor = (worker: MonitoredWorker, request: unknown, ctx: unknown, call: () => unknown) => unknown;

export function fetchMonitor(options: MonitorOptions): FetchMonitor {
  const rules: RequestRules = { slow: slowRulesOf(options.slowAfterMs), route: options.route, critical: options.critical };
  const shape = responseShaper(options);

  return (worker, request, ctx, call) => {
    // Within a request that is monitored already, the inner call is a part of it.
    if (!(request instanceof Request) || currentScope()?.subject instanceof Request) return call();
    const scope = new Scope(worker.world, request, ctx);
    rememberScope(scope);
    const result = beside(() => runIn(scope, call), new RequestCall(worker, scope, request, rules, options));
    return shape ? shape(result, scope, request) : result;
  };
}

/** One request on its way through the host's handler. */
class RequestCall implements CallEnd {
  readonly #worker: MonitoredWorker;
  readonly #scope: Scope;
  readonly #request: Request;
  readonly #rules: RequestRules;
  readonly #options: MonitorOptions;

  constructor(worker: MonitoredWorker, scope: Scope, request: Request, rules: RequestRules, options: MonitorOptions) {
    this.#worker = worker;
    this.#scope = scope;
    this.#request = request;
    this.#rules = rules;
    this.#options = options;
  }

  returned(response: unknown): void {
    const statusCode = statusOf(response);
    recordRequest(this.#scope, this.#request, statusCode, this.#rules);
    const { caught } = this.#scope;
    // Who has told an error and answers it with 500 has told all: the answer is no error more.
    if (caught || (statusCode >= 500 && !hasToldError(this.#request)))
      this.#tell(caught ? caught.error : answeredWith(statusCode), statusCode);
  }

  threw(error: unknown): void {
    if (isDisconnect(error, this.#request)) {
      recordRequest(this.#scope, this.#request, 499, this.#rules, { isDisconnected: true });
      return;
    }
    // Whatever status the error asks for: what leaves the outermost handler as a throw is answered with 500 by the platform.
    recordRequest(this.#scope, this.#request, 500, this.#rules, { hasThrown: true });
    this.#tell(error, 500);
  }

  #tell(error: unknown, statusCode: number): void {
    const requestId = requestIdOf(this.#scope, this.#request);
    const endpoint = this.#scope.endpoint ?? quietly(() => endpointOf(this.#request, statusCode, this.#rules)) ?? "";
    tellError(this.#worker, this.#scope, this.#options, error, { requestId, endpoint });
  }
}

/** A 5xx answer without an error: somebody chose it, so there is no stack that would tell more. */
function answeredWith(status: number): object {
  return { name: "ServerErrorAnswer", message: `answered ${status}`, status };
}

/**
 * The client has gone, and that is what the handler's error says: workerd's reason is an `AbortError`. The first look at a request's signal
 * makes it, so that it is the last thing asked.
 */
function isDisconnect(error: unknown, request: Request): boolean {
  return propertyOf(error, "name") === "AbortError" && propertyOf(propertyOf(request, "signal"), "aborted") === true;
}

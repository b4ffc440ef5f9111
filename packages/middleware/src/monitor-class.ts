import { runIn, Scope, type JobEvent } from "@monotask/performance";
import { isMethod, quietly, type Method } from "./method.ts";
import { fetchMonitor } from "./monitor-fetch.ts";
import { endpointOfEvent, monitorJob } from "./monitor-job.ts";
import { monitorBatch } from "./monitor-queue.ts";
import type { MonitorOptions } from "./options.ts";
import { carryScope } from "./workflow-steps.ts";
import { isOffFromTheStart, tellError, workerFinder } from "./worker.ts";

type Constructor = new (...args: never[]) => object;
type AnyConstructor = new (...args: unknown[]) => object;

/** Classes of the platform: their own methods are no entry points. */
const PLATFORM_CLASSES = ["DurableObject", "WorkerEntrypoint", "WorkflowEntrypoint", "RpcTarget", "Object"];

/** Methods that the platform calls by name; every other one is called over RPC. */
const EVENTS: Readonly<Record<string, JobEvent>> = {
  alarm: "alarm",
  webSocketMessage: "websocket",
  webSocketClose: "websocket",
  webSocketError: "websocket",
  run: "workflow",
  scheduled: "scheduled",
  email: "email",
  tail: "tail",
};

/** A Durable Object class whose requests, alarms, WebSocket events and RPC calls are monitored. It stays a subclass of the given one. */
export function monitorDurableObject<C extends Constructor>(Class: C, options: MonitorOptions): C {
  return monitorClass(Class, options, ["run"]);
}

/** A WorkerEntrypoint class whose requests, events and RPC calls are monitored. */
export function monitorEntrypoint<C extends Constructor>(Class: C, options: MonitorOptions): C {
  return monitorClass(Class, options, ["run", "alarm"]);
}

/**
 * A Workflow class whose runs are monitored, with all that their steps use. A step that fails and is tried again is no error, so only
 * what ends the run is told.
 */
export function monitorWorkflow<C extends Constructor>(Class: C, options: MonitorOptions): C {
  return monitorClass(Class, options, ["alarm"]);
}

/** @param onlyRpc names that the platform does not call on this kind of class */
function monitorClass<C extends Constructor>(Class: C, options: MonitorOptions, onlyRpc: readonly string[]): C {
  if (isOffFromTheStart()) return Class;
  const findWorker = workerFinder(options);
  const monitorFetch = fetchMonitor(options);
  /** Context and environment of each instance, which classes without the platform's base keep for themselves. */
  const givens = new WeakMap<object, { readonly ctx: unknown; readonly env: unknown }>();

  // The one place where a class of unknown arguments is extended: it passes on whatever it is given. No `extends`, since only
  // `Reflect.construct` can be called within a scope.
  const Base = Class as unknown as AnyConstructor;
  const Monitored = class {
    constructor(...args: unknown[]) {
      return construct(new.target, args);
    }
  };
  Reflect.setPrototypeOf(Monitored, Base);
  Reflect.setPrototypeOf(Monitored.prototype, Object(Base.prototype) as object);
  Reflect.defineProperty(Monitored, "name", { value: Class.name });
  for (const [name, method] of methodsOf(Class)) define(Monitored.prototype, name, around(name, method));
  return Monitored as unknown as C;

  function construct(target: AnyConstructor, args: readonly unknown[]): object {
    const [ctx, env] = args;
    const worker = findWorker(env);
    const scope = worker && new Scope(worker.world, undefined, ctx);
    let instance: object;
    try {
      // What the object calls of itself, now or later, is no call of the platform's.
      instance = runIn(scope, () => Reflect.construct<unknown[], object>(Base, [...args], target));
    } catch (error) {
      if (worker && scope) quietly(() => tellError(worker, scope, options, error, { operation: `new ${Class.name}` }));
      throw error;
    }
    givens.set(instance, { ctx, env });
    // The platform calls its events also where they are properties of the instance, such as arrow functions.
    for (const [name, method] of Object.entries(instance)) {
      if (isEvent(name) && isMethod(method)) define(instance, name, around(name, method));
    }
    return instance;
  }

  function around(name: string, method: Method): Method {
    const monitored = function (this: object, ...args: readonly unknown[]): unknown {
      const call: Method = () => Reflect.apply(method, this, args);
      const given = givens.get(this);
      const worker = given && findWorker(given.env);
      if (!worker) return call();
      const [subject] = args;
      const { ctx } = given;
      if (name === "fetch" && subject instanceof Request) return monitorFetch(worker, subject, ctx, call);
      if (name === "queue" && Array.isArray(Reflect.get(Object(subject), "messages"))) {
        return monitorBatch(worker, options, subject, ctx, call);
      }
      const event = onlyRpc.includes(name) ? "rpc" : (EVENTS[name] ?? "rpc");
      const endpoint = event === "scheduled" ? endpointOfEvent(event, subject) : [Class.name, name].filter(Boolean).join(".");
      const prepare = event === "workflow" ? (scope: Scope) => carryScope(args[1], scope) : undefined;
      return monitorJob(worker, options, { event, endpoint, subject, ctx, call, prepare });
    };
    Reflect.defineProperty(monitored, "name", { value: name });
    return monitored;
  }
}

function define(target: object, name: string, value: Method): void {
  Reflect.defineProperty(target, name, { value, configurable: true, writable: true });
}

function isEvent(name: string): boolean {
  return name === "fetch" || name === "queue" || Object.hasOwn(EVENTS, name);
}

/** Methods of a class and of those it extends, down to the platform's; the nearest of a name counts. */
function methodsOf(Class: Constructor): Map<string, Method> {
  const methods = new Map<string, Method>();
  let prototype: unknown = Class.prototype;
  while (typeof prototype === "object" && prototype !== null) {
    const owner: unknown = Reflect.get(prototype, "constructor");
    if (isMethod(owner) && PLATFORM_CLASSES.includes(owner.name)) break;
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const method: unknown = Reflect.getOwnPropertyDescriptor(prototype, name)?.value;
      if (name !== "constructor" && !methods.has(name) && isMethod(method)) methods.set(name, method);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return methods;
}

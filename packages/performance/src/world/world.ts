import {
  createSampler,
  createWriter,
  datasetOf,
  propertyOf,
  readSettings,
  remembered,
  type KeepAlive,
  type Sampler,
  type Settings,
} from "@monotask/telemetry";
import type { ScopeHost } from "../scope/scope.ts";

/** What an isolate knows of one worker: settings and sampling, read once for each environment. */
export interface World extends ScopeHost {
  readonly settings: Settings;
}

/** What a caller may know better, for tests and for those who have read it already. */
export interface WorldOptions {
  readonly settings?: Settings;
  /** Real monotonic milliseconds, for durations. */
  readonly nowMs?: () => number;
  /** Uniform in [0, 1), for sampling. */
  readonly random?: () => number;
}

/** One sampler of a kind for each worker of the isolate: frameworks make an environment anew for each request, which must not begin it again. */
const samplers = new Map<string, Sampler>();

const worlds = new WeakMap<object, Map<string, World>>();

/** The world of a worker. @param env the worker's bindings and vars, of any type */
export function worldOf(env: object, workerName: string, options: WorldOptions = {}): World {
  if (options.settings || options.nowMs || options.random) return openWorld(env, workerName, options);
  const known = remembered(worlds, env, () => new Map<string, World>());
  return remembered(known, workerName, () => openWorld(env, workerName, options));
}

function openWorld(env: object, workerName: string, options: WorldOptions): World {
  const settings = options.settings ?? readSettings(env);
  const { version, environment, team, sampling } = settings;
  const identity = { workerName, version, environment, team };
  const samplerOf = (what: string): Sampler =>
    options.random
      ? createSampler({ ...sampling, random: options.random })
      : remembered(samplers, [workerName, what, ...Object.values(sampling)].join(), () => createSampler(sampling));
  return {
    settings,
    sampler: samplerOf("requests"),
    callSampler: samplerOf("calls"),
    nowMs: options.nowMs ?? monotonicMs,
    openWriter: (keepAlive: KeepAlive | undefined) =>
      createWriter({ dataset: datasetOf(propertyOf(env, "ANALYTICS")), identity, ...(keepAlive ? { keepAlive } : {}) }),
  };
}

const monotonicMs: () => number = typeof performance === "undefined" ? () => Date.now() : () => performance.now();

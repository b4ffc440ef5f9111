import {
  createSampler,
  createWriter,
  datasetOf,
  propertyOf,
  readSettings,
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

/** One sampler for each worker of the isolate: frameworks make an environment anew for each request, which must not begin it again. */
const samplers = new Map<string, Sampler>();

const worlds = new WeakMap<object, Map<string, World>>();

/** The world of a worker. @param env the worker's bindings and vars, of any type */
export function worldOf(env: object, workerName: string, options: WorldOptions = {}): World {
  if (options.settings || options.nowMs || options.random) return openWorld(env, workerName, options);
  const known = worlds.get(env) ?? new Map<string, World>();
  worlds.set(env, known);
  const world = known.get(workerName) ?? openWorld(env, workerName, options);
  known.set(workerName, world);
  return world;
}

function openWorld(env: object, workerName: string, options: WorldOptions): World {
  const settings = options.settings ?? readSettings(env);
  const { version, environment, team } = settings;
  const identity = { workerName, version, environment, team };
  return {
    settings,
    sampler: options.random ? createSampler({ ...settings.sampling, random: options.random }) : samplerOf(workerName, settings),
    nowMs: options.nowMs ?? monotonicMs,
    openWriter: (keepAlive: KeepAlive | undefined) =>
      createWriter({ dataset: datasetOf(propertyOf(env, "ANALYTICS")), identity, ...(keepAlive ? { keepAlive } : {}) }),
  };
}

function samplerOf(workerName: string, { sampling }: Settings): Sampler {
  const key = `${workerName} ${sampling.weight} ${sampling.fullRatePerMinute}`;
  const sampler = samplers.get(key) ?? createSampler(sampling);
  samplers.set(key, sampler);
  return sampler;
}

const monotonicMs: () => number = typeof performance === "undefined" ? () => Date.now() : () => performance.now();

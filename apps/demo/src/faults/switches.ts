import * as v from "valibot";
import { parsed } from "../input.ts";
import { Problem } from "../problem.ts";

/** Every fault and whether it is on. Durations are real milliseconds. */
export interface Switches {
  readonly errorRate: number;
  readonly latencyMs: number;
  readonly gatewayTimeouts: number;
  readonly upstreamDown: boolean;
  readonly upstreamSlowMs: number;
  readonly upstream429: boolean;
  readonly badDeploy: boolean;
  readonly slowQuery: boolean;
  readonly nPlusOne: boolean;
  readonly lockContention: boolean;
  readonly poisonMessage: number;
  readonly queueBacklog: number;
  readonly sandboxStuck: boolean;
  readonly sandboxTimeout: number;
  readonly sandboxOrphan: number;
  readonly sandboxCapacity: number;
  readonly cpuKills: number;
  readonly memoryKills: number;
  readonly seed: number;
}

export const ALL_OFF: Switches = {
  errorRate: 0,
  latencyMs: 0,
  gatewayTimeouts: 0,
  upstreamDown: false,
  upstreamSlowMs: 0,
  upstream429: false,
  badDeploy: false,
  slowQuery: false,
  nPlusOne: false,
  lockContention: false,
  poisonMessage: 0,
  queueBacklog: 0,
  sandboxStuck: false,
  sandboxTimeout: 0,
  sandboxOrphan: 0,
  sandboxCapacity: 0,
  cpuKills: 0,
  memoryKills: 0,
  seed: 1,
};

/** What each switch does, for people. */
export const MEANING: Readonly<Record<keyof Switches, string>> = {
  errorRate: "0 to 1: share of API requests whose handler throws (500)",
  latencyMs: "0 to 60000: waited before every API handler",
  gatewayTimeouts: "0 to 1: share of API requests that wait 1000 ms for something that never comes (504)",
  upstreamDown: "GitHub and Claude reset every connection",
  upstreamSlowMs: "0 to 60000: added to every answer of GitHub and Claude",
  upstream429: "GitHub and Claude answer 429 with Retry-After",
  badDeploy: "another version is deployed, and its POST /api/tasks writes a column that does not exist",
  slowQuery: "the index of task_events is dropped under 150000 rows: GET /api/tasks scans them for every task",
  nPlusOne: "GET /api/tasks asks the database three times for every task",
  lockContention: "every write competes with one that rewrites 150000 rows",
  poisonMessage: "0 to 100: sends so many messages to agent-jobs that can never be processed, at once",
  queueBacklog:
    "0 to 1000: sends so many real jobs at once, and every job takes 250 ms longer until the switch is off, which calls off what still waits",
  sandboxStuck: "agents start and then wait for an hour: each is a timeout after 3000 ms",
  sandboxTimeout: "0 to 25: runs so many agents at once that never end: each is a timeout after 3000 ms",
  sandboxOrphan: "0 to 20: starts so many agents, at once, that the sandbox registry knows nothing of",
  sandboxCapacity: "0 to 25: places of the pool of agents that are taken and kept unused",
  cpuKills: "0 to 100: tells the tail handler, at once, of so many made-up requests that were killed for their CPU time",
  memoryKills: "0 to 100: the same, killed for their memory",
  seed: "whole number: which requests the shares hit",
};

/**
 * The switches a request names.
 * @throws Problem 400 that lists the known switches
 */
export function changesOf(body: unknown): Partial<Switches> {
  const unknown = Object.keys(parsed(anyObject, body)).filter((name) => !Object.hasOwn(MEANING, name));
  if (unknown.length > 0) {
    const known = Object.keys(MEANING).join(", ");
    throw new Problem({
      status: 400,
      code: "unknown_switch",
      message: `Unknown switch: ${unknown.join(", ")}. Known: ${known}.`,
    });
  }
  return parsed(switches, body);
}

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const durationMs = v.pipe(v.number(), v.minValue(0), v.maxValue(60_000));
const anyObject = v.record(v.string(), v.unknown());

const switches = v.object({
  errorRate: v.exactOptional(share),
  latencyMs: v.exactOptional(durationMs),
  gatewayTimeouts: v.exactOptional(share),
  upstreamDown: v.exactOptional(v.boolean()),
  upstreamSlowMs: v.exactOptional(durationMs),
  upstream429: v.exactOptional(v.boolean()),
  badDeploy: v.exactOptional(v.boolean()),
  slowQuery: v.exactOptional(v.boolean()),
  nPlusOne: v.exactOptional(v.boolean()),
  lockContention: v.exactOptional(v.boolean()),
  poisonMessage: v.exactOptional(count(100)),
  queueBacklog: v.exactOptional(count(1_000)),
  sandboxStuck: v.exactOptional(v.boolean()),
  sandboxTimeout: v.exactOptional(count(25)),
  sandboxOrphan: v.exactOptional(count(20)),
  sandboxCapacity: v.exactOptional(count(25)),
  cpuKills: v.exactOptional(count(100)),
  memoryKills: v.exactOptional(count(100)),
  seed: v.exactOptional(count(2 ** 31)),
});

import { Command, CommanderError, InvalidArgumentError } from "commander";
import { DEFAULT_PORT_BASE, PORT_BASE_RANGE } from "../stack/ports.ts";

/** What `pnpm start` was asked for. */
export interface StartFlags {
  readonly portBase: number;
  /** Virtual time at the start, epoch ms; undefined: now. */
  readonly nowMs: number | undefined;
  /** Virtual milliseconds a real millisecond. */
  readonly speed: number;
  /** Requests a second of real time on the mean of a day; 0 sends none. */
  readonly perSecond: number;
  readonly samplingRate: number;
  readonly seed: number;
  /** Forgets what earlier runs left. */
  readonly isFresh: boolean;
}

export type ParsedFlags =
  | { readonly kind: "start"; readonly flags: StartFlags }
  /** Help was asked for, or the flags are wrong; what there is to say has been printed. */
  | { readonly kind: "exit"; readonly code: number };

/** Reads the command line of `pnpm start`. A wrong flag is named with what it takes. */
export function parseStartFlags(args: readonly string[], print: (text: string) => void): ParsedFlags {
  const command = new Command("pnpm start")
    .description("Runs everything on this machine: workers, Analytics Engine, traffic, ticks and an inbox for alerts.")
    .option("--port-base <port>", "first of the ports that are used", portOf, DEFAULT_PORT_BASE)
    .option("--now <time>", "virtual time at the start, such as 2026-03-29T01:30:00Z", timeOf)
    .option("--speed <factor>", "how fast the clock runs: 30 is half a virtual minute a second", positive(3_600), 1)
    .option("--per-second <count>", "requests a second on the mean of a day; 0 sends none", atLeastZero(200), 8)
    .option("--sampling <rate>", "METRICS_SAMPLING_RATE of the apps, above 0 and up to 1", positive(1), 1)
    .option("--seed <number>", "of traffic and latencies", positive(2 ** 31), 1)
    .option("--fresh", "forget what earlier runs left in .monotask", false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: (text) => print(text.trimEnd()) });
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return { kind: "exit", code: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
  const given = command.opts<{
    portBase: number;
    now?: number;
    speed: number;
    perSecond: number;
    sampling: number;
    seed: number;
    fresh: boolean;
  }>();
  const { portBase, speed, perSecond, seed } = given;
  const flags = { portBase, speed, perSecond, seed, nowMs: given.now, samplingRate: given.sampling, isFresh: given.fresh };
  return { kind: "start", flags };
}

function portOf(text: string): number {
  const [lowest, highest] = PORT_BASE_RANGE;
  const port = Number(text);
  if (!Number.isInteger(port) || port < lowest || port > highest)
    throw new InvalidArgumentError(`Use a whole number from ${lowest} to ${highest}.`);
  return port;
}

function timeOf(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError("Use an ISO 8601 time with its zone, such as 2026-03-29T01:30:00Z.");
  return ms;
}

function positive(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value > 0 && value <= most)) throw new InvalidArgumentError(`Use a number above 0 and up to ${most}.`);
    return value;
  };
}

function atLeastZero(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value >= 0 && value <= most)) throw new InvalidArgumentError(`Use a number from 0 to ${most}.`);
    return value;
  };
}

import { parseArgs } from "node:util";
import { parseClock, type VirtualClock } from "./clock.ts";
import { defaultPort } from "./server.ts";

/** What the flags ask for. */
export interface Flags {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly memory: boolean;
  readonly json: boolean;
  readonly token?: string;
  readonly account?: string;
  readonly sampleAbove?: number;
  readonly seed?: number;
  readonly clock?: VirtualClock;
}

/** A command line as understood. */
export type CommandLine =
  | { readonly kind: "run"; readonly flags: Flags }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "wrong"; readonly complaint: string };

/** Reads the arguments after the command's name; prints nothing and starts nothing. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    if (values.help) return { kind: "help", text: help };
    if (values.version) return { kind: "version" };
    if (values.memory && values.data !== undefined)
      return { kind: "wrong", complaint: "--memory and --data exclude each other; give one of them" };
    return {
      kind: "run",
      flags: {
        port: wholeNumber("--port", values.port, 0, 65535) ?? defaultPort,
        host: values.host ?? "127.0.0.1",
        data: values.data ?? defaultFolder,
        memory: values.memory ?? false,
        json: values.json ?? false,
        ...given("token", values.token),
        ...given("account", values.account),
        ...given("sampleAbove", wholeNumber("--sample-above", values["sample-above"], 1, Number.MAX_SAFE_INTEGER)),
        ...given("seed", wholeNumber("--seed", values.seed, 0, Number.MAX_SAFE_INTEGER)),
        ...given("clock", values.clock === undefined ? undefined : parseClock(values.clock)),
      },
    };
  } catch (error) {
    return {
      kind: "wrong",
      complaint: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error),
    };
  }
}

const defaultFolder = ".analytics-engine";

const options = {
  port: { type: "string" },
  host: { type: "string" },
  data: { type: "string" },
  memory: { type: "boolean" },
  token: { type: "string" },
  account: { type: "string" },
  "sample-above": { type: "string" },
  seed: { type: "string" },
  clock: { type: "string" },
  json: { type: "boolean" },
  version: { type: "boolean", short: "v" },
  help: { type: "boolean", short: "h" },
} as const;

const help = `analytics-engine-local: Workers Analytics Engine on this machine, the SQL API of production on a real ClickHouse.

Usage: analytics-engine-local [--port ${defaultPort}] [--data DIR | --memory] [--token TOKEN] [--sample-above N]

  --port PORT         port to listen on, 0 for any free one (${defaultPort})
  --host ADDRESS      address to listen on (127.0.0.1)
  --data DIR          folder the points live in (${defaultFolder})
  --memory            keep the points only while running
  --token TOKEN       bearer token that requests must bring (a random one)
  --account ID        the only account id answered (any)
  --sample-above N    sample an index above N points a second (never)
  --seed N            seed of the sampling (1)
  --clock JSON        virtual clock: {"realMs": …, "virtualMs": …, "rate": 30}
  --json              print the ready line as JSON: {"url", "port", "token", "accountId"}
  --version, --help`;

function wholeNumber(flag: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new TypeError(`${flag} ${text}: give a whole number from ${min} to ${max}`);
  return value;
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

import { createLogger, systemClock } from "@monotask/telemetry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { evaluator } from "../test/stack.ts";
import { platformStep } from "./platform-step.ts";

/** What Cloudflare says of so many workers. */
function workers(count: number): object[] {
  const quantiles = { cpuTimeP50: 1, cpuTimeP99: 2, wallTimeP50: 3, wallTimeP99: 4 };
  return Array.from({ length: count }, (_, n) => ({
    sum: { requests: 5, errors: 0 },
    quantiles,
    dimensions: { scriptName: `worker-${n}` },
  }));
}

interface Told {
  readonly names: string[];
  readonly lines: string[];
  readonly ended: Promise<void>;
}

/** Runs the step over an account of so many workers, with a D1 that is away. */
function collect(count: number): Told {
  vi.stubGlobal("fetch", (_url: unknown, init: { body: string }) => {
    const groups = init.body.includes("cpuTimeP50") ? workers(count) : [];
    return Promise.resolve(Response.json({ data: { viewer: { accounts: [{ groups }] } } }));
  });
  const [names, lines]: string[][] = [[], []];
  const env = {
    CLOUDFLARE_ACCOUNT_ID: "account",
    ANALYTICS_API_TOKEN: "token\n",
    ANALYTICS: { writeDataPoint: ({ blobs }: { blobs: string[] }) => void names?.push(String(blobs[10])) },
    DB: { prepare: () => { throw new Error("D1 is away"); } }, // prettier-ignore
  };
  const logger = createLogger({ workerName: "e", level: "info", clock: systemClock, write: (line) => void lines?.push(line) });
  const { deps } = evaluator(() => 0);
  const context = {
    env: env as unknown as Env,
    scheduledMs: 0,
    query: deps.query,
    alerts: deps.alerts,
    defaults: deps.defaults,
    logger,
  };
  return { names: names ?? [], lines: lines ?? [], ended: platformStep.run(context as never) };
}

describe("the platform's figures", () => {
  beforeEach(() => {
    vi.restoreAllMocks();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("are written also while D1 is away, which the tick is told of", async () => {
    const { names, ended } = collect(1);
    await expect(ended).rejects.toThrow("D1 is away");
    expect(names).toContain("worker.requests");
  });

  it("that do not fit the points of one invocation are counted in the log", async () => {
    const { names, lines, ended } = collect(50);
    await expect(ended).rejects.toThrow("D1 is away");
    expect(names).toHaveLength(225);
    expect(lines.join()).toContain("75 of 300 figures did not fit the 250 points of an invocation");
  });
});

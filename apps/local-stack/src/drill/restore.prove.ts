import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_CREDENTIALS } from "@monotask/cli/local";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCalls } from "../runbooks/demo-calls.ts";
import { runMonotask } from "../runbooks/run-monotask.ts";
import { until } from "../smoke/until.ts";
import { switchFaults } from "../stack/fault-switches.ts";
import { startStack, type Stack } from "../stack/stack.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const BIN = join(ROOT, "packages/cli/dist/bin.js");
const PORT_BASE = 12_000;
/** A virtual minute a second, until the state is to be compared. */
const SPEED = 60;
/** So slow that no minute passes: what is compared does not change by itself. */
const STANDSTILL = 1e-3;
const PATIENCE_MS = 60_000;
const POISON = 5;
const HELD_SANDBOXES = 3;

let home: string;
let stack: Stack | undefined;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "monotask-drill-"));
});

afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

it("a stack whose state was exported, wiped and imported shows the same objectives, alerts, acknowledgements, dead letters and sandboxes", async () => {
  stack = await start({ virtualMs: Date.now(), rate: SPEED });
  await breakIt(stack);
  await stack.ticker?.stop();
  const before = await stateOf(stack);
  const stoppedMs = stack.clock.now();
  await stack.stop();
  expect(before.alerts, "an alert that somebody has taken").toMatch(/prove/);
  expect(before.deadLetters.match(/agent-jobs/g)?.length).toBeGreaterThanOrEqual(POISON);
  expect(before.sandboxes.match(/capacity fault/g)).toHaveLength(HELD_SANDBOXES);

  const drill = await runMonotask(
    BIN,
    ["drill", "restore", "--state", join(home, "state"), "--export", join(home, "export")],
    {},
  );
  expect(drill.code, drill.out).toBe(0);
  for (const store of ["D1", "AlertManager", "SandboxRegistry"]) expect(drill.out).toMatch(new RegExp(`^${store} .* same$`, "m"));
  expect(drill.out).toMatch(/dead_letters +\d+ +same/);

  stack = await start({ virtualMs: stoppedMs, rate: STANDSTILL });
  expect(await stateOf(stack)).toEqual(before);
});

async function start({ virtualMs, rate }: { virtualMs: number; rate: number }): Promise<Stack> {
  const clock = { realMs: Date.now(), virtualMs, rate };
  return startStack({ root: ROOT, homeDir: home, portBase: PORT_BASE, clock, samplingRate: 1, seed: 5 });
}

/** Messages that die, sandboxes that hold places, an outage that burns a budget and that somebody takes. */
async function breakIt({ addresses, clock }: Stack): Promise<void> {
  const demo = demoCalls(addresses.demo);
  await switchFaults(addresses.demo, { errorRate: 0.5, seed: 5, poisonMessage: POISON, sandboxCapacity: HELD_SANDBOXES });
  const letters = await until(
    () => answerOf(addresses.evaluator, PATHS.deadLetters),
    (text) => (text.match(/agent-jobs/g)?.length ?? 0) >= POISON,
    PATIENCE_MS,
  );
  expect(letters).toContain("agent-jobs");
  const taken = await until(
    async () => {
      await demo.get("/api/tasks?limit=20", 20);
      const { alerts } = JSON.parse(await answerOf(addresses.evaluator, PATHS.alerts)) as { alerts: readonly ShownAlert[] };
      const id = alerts.find(({ status }) => status === "firing")?.id ?? "none";
      return runMonotask(BIN, ["alerts", "ack", id, "--by", "prove"], {
        MONOTASK_URL: addresses.evaluator,
        MONOTASK_API_TOKEN: LOCAL_CREDENTIALS.apiToken,
        MONOTASK_CLOCK: JSON.stringify({ realMs: Date.now(), virtualMs: clock.now(), rate: SPEED }),
      });
    },
    ({ code }) => code === 0,
    PATIENCE_MS,
  );
  expect(taken.code, taken.out).toBe(0);
}

interface ShownAlert {
  readonly id: string;
  readonly status: string;
}

/** What people see of the state but for the ages, which go on. Lists are told in no order of their own. */
async function stateOf({ addresses: { evaluator } }: Stack): Promise<Readonly<Record<keyof typeof PATHS, string>>> {
  const read = async (path: string): Promise<string> => {
    const answer: unknown = JSON.parse((await answerOf(evaluator, path)).replace(/"(\w*[aA]geMs)":\d+/g, '"$1":0'));
    return JSON.stringify(answer, (_key, value: unknown) =>
      Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value,
    );
  };
  return {
    objectives: await read(PATHS.objectives),
    alerts: await read(PATHS.alerts),
    deadLetters: await read(PATHS.deadLetters),
    sandboxes: await read(PATHS.sandboxes),
  };
}

const PATHS = {
  objectives: "/api/v1/slos",
  alerts: "/api/v1/alerts",
  deadLetters: "/api/v1/queues/dlq",
  sandboxes: "/api/v1/sandboxes",
} as const;

async function answerOf(evaluator: string, path: string): Promise<string> {
  const response = await fetch(`${evaluator}${path}`, { headers: { authorization: `Bearer ${LOCAL_CREDENTIALS.apiToken}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

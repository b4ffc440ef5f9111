import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_CREDENTIALS } from "@monotask/cli/local";
import { parseRunbook, type Runbook } from "@monotask/runbooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../smoke/until.ts";
import { sqlUrlOf } from "../stack/addresses.ts";
import { switchFaults } from "../stack/fault-switches.ts";
import { startStack, type Stack } from "../stack/stack.ts";
import { demoCalls } from "./demo-calls.ts";
import { runMonotask, type CommandRun } from "./run-monotask.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const PORT_BASE = 12_000;
/** A virtual minute a second: scenarios lie minutes apart, so that each run sees only its own. */
const SPEED = 60;
const MINUTE_MS = 60_000;
const PATIENCE_MS = 20_000;
/** Real time for more than a virtual minute. */
const BETWEEN_MS = 1_200;

let home: string;
let stack: Stack;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "monotask-runbooks-"));
  const realMs = Date.now();
  const clock = { realMs, virtualMs: realMs, rate: SPEED };
  stack = await startStack({ root: ROOT, homeDir: home, portBase: PORT_BASE, clock, samplingRate: 1, seed: 3 });
});

afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

describe.each(SCENARIOS)("$runbook, with $fault", (scenario) => {
  const book = bookOf(scenario.runbook);

  it("names the cause in every block that looks for it", async () => {
    const demo = demoCalls(stack.addresses.demo);
    await demo.settle(BETWEEN_MS);
    const fromMs = stack.clock.now();
    await scenario.healthy?.(demo);
    await switchFaults(stack.addresses.demo, scenario.faults);
    try {
      await scenario.broken(demo);
      await write(scenario.invented ?? []);
      const run = await until(
        () => monotask(["runbook", "run", book.name, "--local", "--since", sinceOf(fromMs)]),
        ({ sentences }) => unnamed(scenario, sentences).length === 0,
        PATIENCE_MS,
      );
      expect(unnamed(scenario, run.sentences), run.out).toEqual([]);
      const queries = book.steps.filter(({ type }) => type === "query").map(({ number }) => number);
      expect([...run.sentences.keys()], "every block that reads was run").toEqual(queries);
    } finally {
      await switchFaults(stack.addresses.demo, undefined);
    }
  });

  // Where nothing can be mended on this machine, the commands are checked below, filled in and dry.
  const { mends } = scenario;
  if (mends === undefined) return;
  it("is mended by the page's own commands, on this stack", async () => {
    for (const { step, set, prints } of mends) {
      const given = Object.entries(set ?? {}).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
      const run = await monotask(["runbook", "run", book.name, "--local", "--step", String(step), "--yes", ...given]);
      expect(run.code, run.out).toBe(0);
      expect(run.out).toMatch(prints);
    }
  });
});

it("every block that asks has a fault that it is tried with", () => {
  for (const name of new Set(SCENARIOS.map(({ runbook }) => runbook))) {
    const asks = bookOf(name).steps.flatMap(({ type, number }) => (type === "query" ? [number] : []));
    const tried = SCENARIOS.filter(({ runbook }) => runbook === name).flatMap(({ says }) => Object.keys(says).map(Number));
    expect(
      [...new Set(tried)].sort((a, b) => a - b),
      name,
    ).toEqual(asks);
  }
});

const BOOKS = [...new Set(SCENARIOS.map(({ runbook }) => runbook))];

it.each(BOOKS)("every command of %s is whole once its blanks are filled in", async (name) => {
  for (const step of bookOf(name).steps) {
    if (step.type !== "command") continue;
    const given = step.placeholders.flatMap((blank) => ["--set", `${blank}=x`]);
    const run = await monotask(["runbook", "run", name, "--step", String(step.number), "--dry-run", ...given]);
    expect(run.code, run.out).toBe(0);
    expect(run.out).not.toMatch(/\{[a-z]\w*\}|not run/);
  }
});

function bookOf(name: string): Runbook {
  return parseRunbook(readFileSync(join(ROOT, "runbooks", `${name}.md`), "utf8"), name).runbook;
}

/** The steps whose sentence does not name the cause, with what they said instead. */
function unnamed({ says }: Scenario, sentences: ReadonlyMap<number, string>): string[] {
  return Object.entries(says).flatMap(([step, pattern]) => {
    const said = sentences.get(Number(step)) ?? "nothing";
    return pattern.test(said) ? [] : [`${step}: ${said}`];
  });
}

/** Whole minutes that hold all of the scenario; what was before it is longer ago. */
function sinceOf(fromMs: number): string {
  return `${Math.ceil((stack.clock.now() - fromMs) / MINUTE_MS)}m`;
}

/** The built command, at a moment that stands still: its blocks look at the same minutes. */
async function monotask(words: readonly string[]): Promise<CommandRun> {
  return runMonotask(join(ROOT, "packages/cli/dist/bin.js"), words, {
    ANALYTICS_SQL_URL: sqlUrlOf(stack.addresses),
    MONOTASK_URL: stack.addresses.evaluator,
    MONOTASK_API_TOKEN: LOCAL_CREDENTIALS.apiToken,
    MONOTASK_CLOCK: JSON.stringify({ realMs: Date.now(), virtualMs: stack.clock.now(), rate: 1e-6 }),
    USER: "prove",
  });
}

async function write(points: readonly object[]): Promise<void> {
  if (points.length === 0) return;
  const response = await fetch(`${stack.addresses.analytics}/datasets/monotask/points`, {
    method: "POST",
    headers: { authorization: `Bearer ${LOCAL_CREDENTIALS.analyticsToken}` },
    body: points.map((point) => JSON.stringify(point)).join("\n"),
  });
  expect(response.status, await response.text()).toBe(200);
}

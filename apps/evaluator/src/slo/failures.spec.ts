import { applyD1Migrations, createScheduledController, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import worker from "../index.ts";
import { evaluator, killable, MINUTE_MS, openAlerts, START } from "../test/stack.ts";
import { runTick } from "./tick.ts";

describe("a tick that is killed", () => {
  // A page fires, a five-minute cell closes, and something is left to tell: every statement of a tick has work to do.
  const failuresAt = (minute: number): number => (minute >= START - 4 ? 50 : 0);

  async function play(killedAt: number, isBefore: boolean): Promise<{ dump: unknown; told: string[]; operations: number }> {
    await reset();
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    const stack = evaluator(failuresAt);
    await stack.tickAt(START);
    const deadline = { left: killedAt, isBefore, operations: 0 };
    const dying = killable(stack.deps, deadline);
    await Promise.race([runTick(dying.deps, (START + 1) * MINUTE_MS), dying.death]);
    await stack.tickAt(START + 1);
    const tables = ["slices", "measurements", "engine", "ticks"];
    const dump = await Promise.all(tables.map(async (table) => (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results));
    const told = new Map(stack.batches.map((batch) => [batch.id, JSON.stringify(batch)]));
    // A batch that is told twice is the same batch: AlertManager takes it once.
    expect(stack.batches.every((batch) => told.get(batch.id) === JSON.stringify(batch))).toBe(true);
    return { dump, told: [...told.values()], operations: deadline.operations };
  }

  it("at any statement and run again leaves bit by bit what an undisturbed one leaves", async () => {
    const undisturbed = await play(Number.POSITIVE_INFINITY, true);
    expect(undisturbed.operations).toBeGreaterThan(6);
    for (let at = 1; at <= undisturbed.operations; at += 1) {
      // Before the n-th is after the one before it, save for the first.
      const { dump, told } = await play(at, at === 1);
      expect({ at, dump, told }).toEqual({ at, dump: undisturbed.dump, told: undisturbed.told });
    }
  }, 60_000);
});

describe("without its database", () => {
  it("a tick still pages on an outage, says that it has no database, and ends both when the database is back", async () => {
    const stack = evaluator((minute) => (minute >= START + 5 && minute < START + 12 ? 90 : 0));
    await stack.tickAt(START);
    stack.loseStore(true);
    for (let minute = START + 1; minute < START + 11; minute += 1) expect(await stack.tickAt(minute)).toBe("without-store");
    const firing = stack.signals().filter(({ status }) => status === "firing");
    expect(new Set(firing.map(({ name }) => name))).toEqual(
      new Set(["monitoring:store", "slo:availability:page-fast", "slo:availability:burn-10x"]),
    );
    // What an hour alone would say of a month's budget is not said.
    const page = firing.find(({ name }) => name === "slo:availability:page-fast");
    expect(page?.description).toContain("what is left of the budget cannot be read now");
    stack.loseStore(false);
    for (let minute = START + 11; minute < START + 30; minute += 1) await stack.tickAt(minute);
    const last = new Map(stack.signals().map(({ name, status }) => [name, status]));
    expect([last.get("monitoring:store"), last.get("slo:availability:page-fast")]).toEqual(["resolved", "resolved"]);
    // The minutes that were decided without it are in the budget.
    const slices = await stack.store.slices(1, START - 1, START + 10);
    expect(slices).toHaveLength(11);
  });
});

describe("a database that fails half way", () => {
  it("having taken the tick without saying so, leaves no alert behind that says it is away", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    const real = stack.deps.store;
    const broken = {
      ...stack.deps,
      store: {
        ...real,
        save: async (...written: Parameters<typeof real.save>) => {
          await real.save(...written);
          throw new Error("D1_ERROR: network connection lost");
        },
      },
    };
    expect(await runTick(broken, (START + 1) * MINUTE_MS)).toBe("without-store");
    for (let minute = START + 2; minute <= START + 6; minute += 1) await stack.tickAt(minute);
    expect(openAlerts(stack.batches)).toEqual([]);
  });

  it("while Analytics Engine is away as well leaves no alert behind that says the monitoring is blind", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    stack.loseStore(true);
    stack.answerWith({ kind: "failed", code: "unavailable", message: "502", isRetryable: true });
    expect(await stack.tickAt(START + 1)).toBe("blind");
    expect(openAlerts(stack.batches)).toHaveLength(2);
    stack.loseStore(false);
    stack.answerWith(undefined);
    await stack.tickAt(START + 2);
    expect(openAlerts(stack.batches)).toEqual([]);
  });
});

describe("a cron run without an API token", () => {
  it("raises the blindness alert that names the secret to set", async () => {
    const controller = createScheduledController({ scheduledTime: new Date(START * MINUTE_MS), cron: "* * * * *" });
    await worker.scheduled(controller, { ...env, ANALYTICS_SQL_URL: "http://127.0.0.1:1/sql" });
    const alerts = await env.ALERT_MANAGER.getByName("default").list();
    expect(alerts).toMatchObject([{ name: "monitoring:blind" }]);
    expect(JSON.stringify(alerts)).toContain("ANALYTICS_API_TOKEN");
  });
});

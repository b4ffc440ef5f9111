import type { Exclusion, Slo } from "@monotask/slo";
import { describe, expect, it } from "vitest";
import { evaluator, slos, START } from "../test/stack.ts";
import { applyLateExclusions } from "./exclusions.ts";
import { runTick } from "./tick.ts";

/** An outage of ten minutes, and the maintenance that explains it. */
const [OUTAGE, OVER] = [START + 10, START + 20];
const maintenance: Exclusion = {
  reason: "database move",
  by: "anna",
  timeZone: "UTC",
  from: new Date(OUTAGE * 60_000).toISOString().slice(0, 16),
  durationMinutes: OVER - OUTAGE,
  rrule: undefined,
};
const excluding: readonly Slo[] = slos.map((slo) => ({ ...slo, exclusions: [maintenance] }));

describe("an exclusion that is added after the fact", () => {
  it("gives back what the budget lost, ends the alert, and is on record with who, why and how much", async () => {
    const stack = evaluator((minute) => (minute >= OUTAGE && minute < OVER ? 50 : 0));
    for (let minute = START; minute <= OVER + 4; minute += 1) await stack.tickAt(minute);
    const [before] = (await stack.store.statuses(slos)).slos;
    expect(before).toMatchObject({ state: "burning", good: expect.any(Number) as number });
    expect((before?.total ?? 0) - (before?.good ?? 0)).toBe(500);

    const deps = { ...stack.deps, slos: excluding };
    for (let minute = OVER + 5; minute < OVER + 8; minute += 1) await runTick(deps, minute * 60_000);
    const [after] = (await stack.store.statuses(excluding)).slos;
    expect(after).toMatchObject({ state: "ok", budgetLeftRatio: 1 });
    expect((after?.total ?? 0) - (after?.good ?? 0)).toBe(0);
    expect(after?.alerts.filter(({ isFiring }) => isFiring)).toEqual([]);
    const page = stack.signals().filter(({ name }) => name === "slo:availability:page-fast");
    expect(page.at(-1)?.status).toBe("resolved");
    expect(await stack.store.recomputed("availability")).toEqual([
      {
        slo: "availability",
        fromMinute: OUTAGE,
        toMinute: OVER,
        minute: OVER + 3,
        reason: "database move",
        by: "anna",
        total: 1_000,
        bad: 500,
      },
    ]);
  });

  it("is applied once: what is stored afterwards, and again from the coarser cells, stays as it is", async () => {
    const stack = evaluator((minute) => (minute >= OUTAGE && minute < OVER ? 50 : 0));
    for (let minute = START; minute <= OVER + 4; minute += 1) await stack.tickAt(minute);
    const deps = { ...stack.deps, slos: excluding };
    for (let minute = OVER + 5; minute < OVER + 20; minute += 1) await runTick(deps, minute * 60_000);
    const minutes = await stack.store.slices(1, OUTAGE, OVER);
    const fives = await stack.store.slices(5, OUTAGE, OVER);
    expect(minutes.map(({ total, measuredMinutes }) => [total, measuredMinutes])).toEqual(
      Array.from({ length: 10 }, () => [0, 1]),
    );
    expect(fives.map(({ total, measuredMinutes }) => [total, measuredMinutes])).toEqual([
      [0, 5],
      [0, 5],
    ]);
    expect(await stack.store.recomputed("availability")).toHaveLength(1);
  });
});

describe("an exclusion that covers a coarser cell in part", () => {
  /** Minutes 12 to 17 of the time: a part of two cells of five minutes. */
  const partly: readonly Slo[] = slos.map((slo) => ({
    ...slo,
    exclusions: [{ ...maintenance, from: new Date((OUTAGE + 2) * 60_000).toISOString().slice(0, 16), durationMinutes: 5 }],
  }));
  const totals = async (stack: ReturnType<typeof evaluator>): Promise<number[]> =>
    (await stack.store.slices(5, OUTAGE, OVER)).map(({ total }) => total);
  const played = async (): Promise<ReturnType<typeof evaluator>> => {
    const stack = evaluator(() => 1);
    for (let minute = START; minute <= OVER + 4; minute += 1) await stack.tickAt(minute);
    return stack;
  };

  it("is taken out once, although two ticks find it at once", async () => {
    const stack = await played();
    const deps = { ...stack.deps, slos: partly };
    await Promise.all([runTick(deps, (OVER + 20) * 60_000), runTick(deps, (OVER + 20) * 60_000)]);
    expect(await totals(stack)).toEqual([200, 300]);
    expect(await stack.store.recomputed("availability")).toMatchObject([{ total: 500 }]);
  });

  it("is taken out once, although a deploy with it was rolled back and came again", async () => {
    const stack = await played();
    for (const [at, judged] of [partly, slos, partly, slos, partly].entries())
      await runTick({ ...stack.deps, slos: judged }, (OVER + 20 + at) * 60_000);
    expect(await totals(stack)).toEqual([200, 300]);
    const [status] = (await stack.store.statuses(partly)).slos;
    const minutes = await stack.store.slices(1, START - 400, OVER + 30);
    expect(status?.total).toBe(minutes.reduce((sum, { total }) => sum + total, 0));
  });

  it("is not undone by a tick that had begun before it", async () => {
    const stack = await played();
    const real = stack.deps.store;
    const begunBefore = {
      ...stack.deps,
      store: {
        ...real,
        save: async (...written: Parameters<typeof real.save>) => {
          await applyLateExclusions({ slos: partly, store: real }, OVER + 18);
          return real.save(...written);
        },
      },
    };
    await runTick(begunBefore, (OVER + 20) * 60_000);
    await runTick({ ...stack.deps, slos: partly }, (OVER + 21) * 60_000);
    const [status] = (await stack.store.statuses(partly)).slos;
    const minutes = await stack.store.slices(1, START - 400, OVER + 30);
    expect(status?.total).toBe(minutes.reduce((sum, { total }) => sum + total, 0));
  });
});

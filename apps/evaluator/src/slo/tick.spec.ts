import { describe, expect, it } from "vitest";
import type { Query } from "@monotask/telemetry";
import { evaluator, MINUTE_MS, slos, START } from "../test/stack.ts";
import { runTick } from "./tick.ts";

describe("a tick", () => {
  it("stores the counts of closed minutes and says that all is well while nothing fails", async () => {
    const stack = evaluator(() => 0);
    expect(await stack.tickAt(START)).toBe("decided");
    const { slos: statuses } = await stack.store.statuses(slos);
    expect(statuses).toMatchObject([{ name: "availability", state: "ok", minute: START - 2 }]);
    expect(stack.signals()).toEqual([]);
  });

  it("raises a page once failures burn the budget, and resolves it when they have left the short window", async () => {
    const stack = evaluator((minute) => (minute >= START + 10 && minute < START + 15 ? 50 : 0));
    for (let minute = START; minute < START + 30; minute += 1) await stack.tickAt(minute);
    const page = stack.signals().filter((signal) => signal.name === "slo:availability:page-fast");
    expect(page.map((signal) => signal.status).filter((status, at, all) => status !== all[at - 1])).toEqual([
      "firing",
      "resolved",
    ]);
    expect(page[0]).toMatchObject({
      labels: { worker: "api", symptom: "availability", severity: "critical", environment: "production" },
      runbookUrl: "runbooks/high-error-rate.md",
    });
  });

  it("that runs twice for one minute measures once and tells once", async () => {
    const stack = evaluator((minute) => (minute >= START - 5 ? 50 : 0));
    expect(await stack.tickAt(START)).toBe("decided");
    expect(await stack.tickAt(START)).toBe("repeated");
    expect(stack.queries).toHaveLength(1);
    expect(stack.batches.map((batch) => batch.id)).toEqual([`tick:${START - 2}`]);
  });

  it("that runs beside another one of its minute decides on the same figures, and leaves what one alone leaves", async () => {
    let asked = 0;
    // Rows that arrive between the two measurements make them differ.
    const stack = evaluator((minute) => (minute === START - 2 ? (asked += 1) : 0));
    expect(await Promise.all([stack.tickAt(START), stack.tickAt(START)])).toEqual(["decided", "decided"]);
    const [status] = (await stack.store.statuses(slos)).slos;
    const [slice] = await stack.store.slices(1, START - 2, START - 1);
    const bad = (slice?.total ?? 0) - (slice?.good ?? 0);
    expect((status?.total ?? 0) - (status?.good ?? 0)).toBe(bad);
    expect(new Set(stack.batches.map((batch) => JSON.stringify(batch))).size).toBeLessThanOrEqual(1);
  });

  it("that is overtaken by the next one changes nothing that the next one left", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    const real = stack.deps.store;
    // The tick of START + 1 is about to write when that of START + 2 comes and goes.
    const late = {
      ...stack.deps,
      query: { run: (query: Query) => evaluator(() => 9).deps.query.run(query) },
      store: {
        ...real,
        save: async (...written: Parameters<typeof real.save>) => {
          await stack.tickAt(START + 2);
          return real.save(...written);
        },
      },
    };
    await runTick(late, (START + 1) * MINUTE_MS);
    const { minute, slos: statuses } = await stack.store.statuses(slos);
    const stored = await stack.store.slices(1, START - 362, START + 1);
    expect(minute).toBe(START);
    expect(statuses[0]?.total).toBe(stored.reduce((sum, { total }) => sum + total, 0));
    expect(statuses[0]?.good).toBe(stored.reduce((sum, { good }) => sum + good, 0));
  });

  it("older than one that was decided changes nothing", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    expect(await stack.tickAt(START - 3)).toBe("stale");
    expect(stack.queries).toHaveLength(1);
  });

  it("tells on the next tick what AlertManager did not take", async () => {
    const stack = evaluator((minute) => (minute >= START - 5 ? 50 : 0));
    stack.refuseRaises(true);
    await stack.tickAt(START);
    stack.refuseRaises(false);
    await stack.tickAt(START + 1);
    expect(stack.batches.map((batch) => batch.id)).toEqual([`tick:${START - 2}`, `tick:${START - 1}`]);
  });

  it("catches up the minutes of ticks that were missed", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    await stack.tickAt(START + 20);
    const stored = await stack.store.slices(1, START, START + 30);
    expect(stored.map((slice) => slice.minute)).toEqual(Array.from({ length: 19 }, (_, at) => START + at));
  });

  it("sums minutes into five minutes and hours, so that long windows need few rows", async () => {
    const stack = evaluator(() => 1);
    for (let minute = START; minute < START + 12; minute += 1) await stack.tickAt(minute);
    const five = await stack.store.slices(5, START, START + 5);
    expect(five).toMatchObject([{ total: 500, good: 495, measuredMinutes: 5 }]);
  });

  it("that cannot measure raises one alert for blindness, keeps every status, and ends it when it sees again", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    stack.answerWith({ kind: "failed", code: "unavailable", message: "Analytics Engine answered 502", isRetryable: true });
    expect(await stack.tickAt(START + 1)).toBe("blind");
    expect((await stack.store.statuses(slos)).minute).toBe(START - 2);
    stack.answerWith(undefined);
    await stack.tickAt(START + 2);
    expect(stack.signals().map(({ name, status }) => `${name} ${status}`)).toEqual([
      "monitoring:blind firing",
      "monitoring:blind resolved",
    ]);
  });
});

describe("after missed ticks", () => {
  it("one digest says what was missed, and no page is sent for an outage that is over", async () => {
    const stack = evaluator((minute) => (minute >= START + 10 && minute < START + 20 ? 50 : 0));
    await stack.tickAt(START);
    await stack.tickAt(START + 60);
    await stack.tickAt(START + 61);
    const signals = stack.signals().filter(({ name }) => name === "monitoring:missed");
    expect(signals.map(({ status }) => status)).toEqual(["firing", "resolved"]);
    expect(signals[0]?.description).toContain("availability: 500 of 5,900 requests bad");
    expect(stack.signals().filter(({ name, status }) => name.includes("page") && status === "firing")).toEqual([]);
  });
});

describe("an outage that is still going on when ticks come back", () => {
  it("pages at once", async () => {
    const stack = evaluator((minute) => (minute >= START + 10 ? 50 : 0));
    await stack.tickAt(START);
    await stack.tickAt(START + 60);
    const firing = stack.signals().filter(({ status }) => status === "firing");
    expect(firing.map(({ name }) => name)).toContain("slo:availability:page-fast");
  });
});

describe("a new version", () => {
  it("that fails where the old one does not is named with the way back, although few requests reach it", async () => {
    const stack = evaluator(
      () => 0,
      (minute) => (minute >= START ? [{ version: "v2", total: 5, bad: 3 }] : []),
    );
    for (let minute = START; minute < START + 20; minute += 1) await stack.tickAt(minute);
    const worse = stack.signals().filter(({ name }) => name === "version:worse");
    expect(worse[0]).toMatchObject({ status: "firing", labels: { version: "v2", worker: "api" } });
    expect(worse[0]?.suggestedChecks?.[0]).toContain("wrangler versions deploy v1@100% --name api");
  });
});

import { describe, expect, it } from "vitest";
import type { Query } from "@monotask/telemetry";
import { evaluator, MINUTE_MS, openAlerts, slos, START } from "../test/stack.ts";
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

describe("an alert that fires", () => {
  const failing = (minute: number): number => (minute >= START - 5 ? 50 : 0);
  const openNames = (stack: ReturnType<typeof evaluator>): string[] => openAlerts(stack.batches).map(({ name }) => name);
  const unread = { kind: "failed", code: "unavailable", message: "Analytics Engine answered 502", isRetryable: true } as const;

  it("is ended when its rule leaves the file, while the other rules of its SLO go on", async () => {
    const stack = evaluator(failing);
    await stack.tickAt(START);
    expect(openNames(stack)).toContain("slo:availability:page-fast");
    const without = slos.map((slo) => ({ ...slo, rules: slo.rules.filter(({ id }) => id !== "page-fast") }));
    await runTick({ ...stack.deps, slos: without }, (START + 1) * MINUTE_MS);
    expect(openNames(stack)).toContain("slo:availability:burn-10x");
    expect(openNames(stack)).not.toContain("slo:availability:page-fast");
  });

  it("under labels that the file no longer gives it is ended within five minutes, and goes on under the new ones", async () => {
    const stack = evaluator(failing);
    await stack.tickAt(START);
    const ofOthers = { ...stack.deps, slos: slos.map((slo) => ({ ...slo, labels: { team: "payments" } })) };
    for (let minute = START + 1; minute <= START + 5; minute += 1) await runTick(ofOthers, minute * MINUTE_MS);
    const teams = new Set(openAlerts(stack.batches).map(({ labels }) => labels["team"]));
    expect([teams, openNames(stack).includes("slo:availability:page-fast")]).toEqual([new Set(["payments"]), true]);
  });

  it("is ended under labels that are longer than AlertManager keeps, too, and the one under the new ones goes on", async () => {
    const stack = evaluator(failing);
    const of = (team: string) => ({ ...stack.deps, slos: slos.map((slo) => ({ ...slo, labels: { team } })) });
    const [before, after] = ["before", "after"].map((word) => `${"x".repeat(300)} ${word}`) as [string, string];
    await runTick(of(before), START * MINUTE_MS);
    for (let minute = START + 1; minute <= START + 5; minute += 1) await runTick(of(after), minute * MINUTE_MS);
    const teams = new Set(openAlerts(stack.batches).map(({ labels }) => labels["team"]));
    expect([teams, openNames(stack).includes("slo:availability:page-fast")]).toEqual([new Set([after]), true]);
  });

  it("of an SLO that left the file while nothing could be measured is ended once something can", async () => {
    const stack = evaluator(failing);
    await stack.tickAt(START);
    stack.answerWith(unread);
    await stack.tickAt(START + 1);
    stack.answerWith(undefined);
    const renamed = { ...stack.deps, slos: slos.map((slo) => ({ ...slo, name: "uptime" })) };
    for (let minute = START + 2; minute <= START + 6; minute += 1) await runTick(renamed, minute * MINUTE_MS);
    expect(openNames(stack).filter((name) => !name.startsWith("slo:uptime:"))).toEqual([]);
  });

  it("for minutes that were missed is ended although the next minute cannot be measured", async () => {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    await stack.tickAt(START + 60);
    stack.answerWith(unread);
    await stack.tickAt(START + 61);
    expect(openNames(stack)).toEqual(["monitoring:missed", "monitoring:blind"]);
    stack.answerWith(undefined);
    for (let minute = START + 62; minute <= START + 66; minute += 1) await stack.tickAt(minute);
    expect(openNames(stack)).toEqual([]);
  });
});

describe("a minute that ended blind", () => {
  it("is not decided by a run of it that was slower and saw: the next minute decides, on the same slices", async () => {
    const stack = evaluator((minute) => (minute === START - 1 ? 7 : 0));
    await stack.tickAt(START);
    const real = stack.deps.store;
    const blind = { minute: START - 1, outcome: "blind", signals: [] } as const;
    const slower = {
      ...stack.deps,
      store: {
        ...real,
        save: async (...written: Parameters<typeof real.save>) => {
          await real.save(slos, blind);
          return real.save(...written);
        },
      },
    };
    await runTick(slower, (START + 1) * MINUTE_MS);
    expect((await stack.store.statuses(slos)).minute).toBe(START - 2);
    await stack.tickAt(START + 2);
    const { slos: statuses } = await stack.store.statuses(slos);
    const stored = await stack.store.slices(1, START - 362, START + 1);
    expect(statuses[0]?.good).toBe(stored.reduce((sum, { good }) => sum + good, 0));
  });

  it("deletes nothing, however long it has been dark: cells that were open then are closed by the minute that sees again", async () => {
    const stack = evaluator(() => 1);
    await stack.tickAt(START);
    const before = await stack.store.slices(1, START - 400, START);
    stack.answerWith({ kind: "failed", code: "unauthorised", message: "the token has expired", isRetryable: false });
    const hour = Math.ceil((START + 13 * 60) / 60) * 60;
    expect(await stack.tickAt(hour + 2)).toBe("blind");
    expect(await stack.store.slices(1, START - 400, START)).toEqual(before);
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

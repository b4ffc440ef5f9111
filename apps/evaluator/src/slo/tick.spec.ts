import { describe, expect, it } from "vitest";
import { evaluator, slos, START } from "../test/stack.ts";

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

import { isQueryPanel, parseDashboard } from "@monotask/panels";
import type { Section } from "@monotask/panels";
import type { Measure, Query, QueryPort, Row } from "@monotask/telemetry";
import { describe, expect, it } from "vitest";
import definition from "../../../../../config/cloudflare-dashboard.json";
import { overviewOf } from "../api/sections.ts";
import { readSection } from "./sections.ts";
import type { SectionAnswer } from "./sections.ts";
import { createStepCache } from "./step-cache.ts";
import type { StepCache } from "./step-cache.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 10, 24, 11, 58, 20);
const { sections: shipped = [] } = parseDashboard(JSON.stringify(definition)).dashboard ?? {};
const sections = [overviewOf(shipped), ...shipped];
/** Hours of the ranges that can be chosen, and some that only zooming gives. */
const RANGES = [1, 6, 24, 168, 720, 24.2, 740];

/** Steps of a chart and of a day beside it. */
const MOST_STEPS_OF_TWO = 2 * 186;

/** Minutes after the first look: around the ends of steps of ten minutes and of an hour, and after some sleep. */
const REFRESHES = [1, 2, 3, 4, 13, 14, 61, 63, 64, 65, 75, 76];

/** How many events a minute had: bursts, so that no two steps are alike. */
function eventsIn(minute: number): number {
  return 1 + ((minute * 7_919) % 13);
}

/** Answers as if each minute since the beginning had events, and counts what it is asked. */
function minutes(sinceMs = 0): { readonly port: QueryPort; readonly asked: Query[] } {
  const asked: Query[] = [];
  const port: QueryPort = {
    run(query) {
      asked.push(query);
      const rows: Row[] = [];
      for (const { fromMs, toMs, seconds } of stretchesOf(query, sinceMs))
        for (let at = Math.floor(fromMs / 1_000 / seconds) * seconds; at * 1_000 < toMs; at += seconds)
          for (const kind of query.kinds) rows.push(rowOf(query, kind, at, seconds, toMs));
      return Promise.resolve({ kind: "rows", rows });
    },
  };
  return { port, asked };
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly seconds: number;
}

/** The stretches of time of a query, each in its own steps. */
function stretchesOf({ groupBy = {}, fromMs, toMs }: Query, sinceMs: number): Stretch[] {
  const { step } = groupBy;
  if (step?.by !== "time") throw new Error("a section is read in steps");
  const lengths = [{ beforeMs: toMs, seconds: step.seconds }, ...(step.coarser ?? [])];
  return lengths
    .map(({ beforeMs, seconds }, at) => ({
      fromMs: Math.max(fromMs, sinceMs, lengths[at + 1]?.beforeMs ?? 0),
      toMs: beforeMs,
      seconds,
    }))
    .filter((stretch) => stretch.fromMs < stretch.toMs);
}

function rowOf({ select, groupBy = {} }: Query, kind: string, step: number, seconds: number, toMs: number): Row {
  const events: number[] = [];
  for (let at = step; at < step + seconds && at * 1_000 < Math.min(toMs, NOW_MS + HOUR_MS); at += 60)
    events.push(eventsIn(at / 60));
  const groups = Object.keys(groupBy).map((column) => [column, "some"] as const);
  const figures = Object.entries(select).map(([column, measure]) => [column, figureOf(measure, kind, events)] as const);
  return { ...Object.fromEntries(groups), ...Object.fromEntries(figures), step, pointKind: kind };
}

function figureOf(measure: Measure, kind: string, events: readonly number[]): number {
  if ("kind" in measure && measure.kind !== kind) return 0;
  const isExtreme = measure.measure === "max" || measure.measure === "quantile";
  return isExtreme ? Math.max(0, ...events) : events.reduce((sum, count) => sum + count, 0);
}

function look(section: Section, cache: StepCache, hours: number, nowMs: number): Promise<SectionAnswer> {
  const range = { fromMs: nowMs - hours * HOUR_MS, toMs: nowMs };
  return readSection(section, cache, { ...range, nowMs, filters: {}, dataset: "monotask", keepAlive: () => undefined });
}

describe.each(sections.map((section) => [section.id, section] as const))("a refresh of %s", (_, section) => {
  it.each(RANGES)("over %d h asks once, whenever it comes, and shows what a first look would show", async (hours) => {
    const { port, asked } = minutes();
    const cache = createStepCache(port);
    let kept = await look(section, cache, hours, NOW_MS);
    for (const minute of REFRESHES) {
      const before = asked.length;
      kept = await look(section, cache, hours, NOW_MS + minute * MINUTE_MS);
      expect([minute, kept.queries, asked.length - before]).toEqual([minute, 1, 1]);
    }
    const fresh = await look(section, createStepCache(port), hours, NOW_MS + (REFRESHES.at(-1) ?? 0) * MINUTE_MS);
    expect(kept.panels).toEqual(fresh.panels);
    expect(fresh.panels).toHaveLength(section.panels.filter(isQueryPanel).length);
  });
});

describe("a section in which nothing happens", () => {
  const [overview] = sections;
  if (overview === undefined) throw new Error("the shipped dashboard cannot be read");

  it.each(RANGES)("asks once as well, over %d h", async (hours) => {
    const { port, asked } = minutes(Number.MAX_SAFE_INTEGER);
    const cache = createStepCache(port);
    await look(overview, cache, hours, NOW_MS);
    const before = asked.length;
    await look(overview, cache, hours, NOW_MS + MINUTE_MS);
    expect(asked.length - before).toBe(1);
  });

  it("and then begins is read once all the same", async () => {
    const { port, asked } = minutes(NOW_MS);
    const cache = createStepCache(port);
    for (let minute = 0; minute <= 30; minute += 1) {
      const before = asked.length;
      await look(overview, cache, 1, NOW_MS + minute * MINUTE_MS);
      if (minute > 0) expect([minute, asked.length - before]).toEqual([minute, 1]);
    }
  });
});

describe("a first look", () => {
  const overview = overviewOf(shipped);

  it.each(RANGES)("over %d h asks once as well, the past in no finer steps than somebody wants it", async (hours) => {
    const { port, asked } = minutes();
    const { panels } = await look(overview, createStepCache(port), hours, NOW_MS);
    const stretches = asked.flatMap((query) => stretchesOf(query, 0));
    const steps = stretches.reduce((sum, { fromMs, toMs, seconds }) => sum + Math.ceil((toMs - fromMs) / 1_000 / seconds), 0);
    expect([asked.length, steps <= MOST_STEPS_OF_TWO]).toEqual([1, true]);
    expect(panels.every(({ state }) => state === "data")).toBe(true);
  });

  it("over an hour shows what the day beside it would show alone", async () => {
    const { port } = minutes();
    const uptime = overview.panels.filter(({ id }) => id === "uptime");
    const together = await look(overview, createStepCache(port), 1, NOW_MS);
    const alone = await look({ ...overview, panels: uptime }, createStepCache(port), 24, NOW_MS);
    expect(together.panels.find(({ panelId }) => panelId === "uptime")).toMatchObject({
      ...alone.panels[0],
      sql: expect.anything() as string,
    });
  });
});

import { isQueryPanel, planScans, stepRange } from "@monotask/panels";
import type { QueryPanel } from "@monotask/panels";
import { parseDashboard } from "@monotask/panels";
import type { Query, QueryPort, Row } from "@monotask/telemetry";
import { describe, expect, it, vi } from "vitest";
import definition from "../../../../../config/cloudflare-dashboard.json";
import { createStepCache } from "./step-cache.ts";
import type { CachedResults } from "./step-cache.ts";

const keepAlive = (): void => undefined;
const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);

/** A port with one row for each minute that it is asked for. */
function minutes(): { readonly port: QueryPort; readonly asked: Query[] } {
  const asked: Query[] = [];
  const port: QueryPort = {
    run: (query) => {
      asked.push(query);
      const rows: Row[] = [];
      for (let at = query.fromMs; at < query.toMs; at += 60_000)
        rows.push({ step: at / 1_000, pointKind: "request", m0: asked.length });
      return Promise.resolve({ kind: "rows", rows });
    },
  };
  return { port, asked };
}

function scanAt(toMs: number): { readonly query: Query; readonly range: ReturnType<typeof stepRange> } {
  const [scan] = planScans([panel()], stepRange(toMs - HOUR_MS, toMs));
  if (scan === undefined) throw new Error("one scan expected");
  return scan;
}

function rowsOf({ results }: CachedResults): readonly Row[] {
  const [result] = results;
  return result?.kind === "rows" ? result.rows : [];
}

function panel(): QueryPanel {
  const found = parseDashboard(JSON.stringify(definition)).dashboard?.sections[0]?.panels.find(({ id }) => id === "request-rate");
  if (found === undefined || !isQueryPanel(found)) throw new Error("the shipped dashboard has no request rate");
  return found;
}

describe("rows of closed steps", () => {
  it("of ten viewers cost one query", async () => {
    const { port, asked } = minutes();
    const cache = createStepCache(port);
    const answers = await Promise.all(Array.from({ length: 10 }, () => cache.rows([scanAt(NOON_MS)], NOON_MS, keepAlive)));
    expect(asked).toHaveLength(1);
    expect(answers.map((answer) => rowsOf(answer).length)).toEqual(Array.from({ length: 10 }, () => 60));
    expect(answers.reduce((total, { queries }) => total + queries, 0)).toBe(1);
  });

  it("are not read again: a refresh reads the open ones", async () => {
    const { port, asked } = minutes();
    const cache = createStepCache(port);
    await cache.rows([scanAt(NOON_MS)], NOON_MS, keepAlive);
    const laterMs = NOON_MS + 60_000;
    const answer = await cache.rows([scanAt(laterMs)], laterMs, keepAlive);
    expect([answer.queries, asked.length]).toEqual([1, 2]);
    expect(asked[1]).toMatchObject({ fromMs: NOON_MS - 120_000, toMs: laterMs });
    const rows = rowsOf(answer);
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, at) => (laterMs - HOUR_MS) / 1_000 + at * 60));
    expect(rows.filter(({ m0 }) => m0 === 2)).toHaveLength(3);
  });

  it("never hold a step twice, whatever is asked in whatever order", async () => {
    const { port } = minutes();
    const cache = createStepCache(port);
    for (const shift of [0, 5, 1, 65, 3, 200, 10]) {
      const nowMs = NOON_MS + shift * 60_000;
      const steps = rowsOf(await cache.rows([scanAt(nowMs)], nowMs, keepAlive)).map(({ step }) => step);
      expect([shift, new Set(steps).size, steps.length]).toEqual([shift, 60, 60]);
    }
  });

  it("are kept apart by what was narrowed to", async () => {
    const { port, asked } = minutes();
    const cache = createStepCache(port);
    await cache.rows([scanAt(NOON_MS)], NOON_MS, keepAlive);
    const [narrowed] = planScans([panel()], stepRange(NOON_MS - HOUR_MS, NOON_MS), { workerName: "api" });
    if (narrowed !== undefined) await cache.rows([narrowed], NOON_MS, keepAlive);
    expect(asked).toHaveLength(2);
  });

  it("are asked for again after a failure", async () => {
    const { port, asked } = minutes();
    let isDown = true;
    const failing: QueryPort = {
      run: (query) =>
        isDown ? Promise.resolve({ kind: "failed", code: "unavailable", message: "down", isRetryable: true }) : port.run(query),
    };
    const cache = createStepCache(failing);
    expect((await cache.rows([scanAt(NOON_MS)], NOON_MS, keepAlive)).results[0]?.kind).toBe("failed");
    isDown = false;
    expect((await cache.rows([scanAt(NOON_MS)], NOON_MS, keepAlive)).results[0]?.kind).toBe("rows");
    expect(asked).toHaveLength(1);
  });

  it("are not waited for without end: a reader that was cut off holds nobody up", async () => {
    vi.useFakeTimers();
    const { port, asked } = minutes();
    let calls = 0;
    const cutOff: QueryPort = { run: (query) => ((calls += 1) === 1 ? new Promise(() => undefined) : port.run(query)) };
    const cache = createStepCache(cutOff);
    void cache.rows([scanAt(NOON_MS)], NOON_MS, keepAlive);
    const second = cache.rows([scanAt(NOON_MS)], NOON_MS, keepAlive);
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await second).results[0]?.kind).toBe("rows");
    expect(asked).toHaveLength(1);
    vi.useRealTimers();
  });
});

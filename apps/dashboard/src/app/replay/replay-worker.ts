import { historyRanges, parseSlos, replay } from "@monotask/slo";
import type { Slice } from "@monotask/slo";
import specText from "../../../../../config/slos.yaml?raw";
import { readJson } from "../read.ts";
import type { ReplayMessage, ReplayRequest } from "./message.ts";

const REPLAYED_MINUTES = 30 * 1_440;
/** The evaluator answers with at most 3,000 cells. */
const CELLS_AT_ONCE = 3_000;

/** Runs today's objective over the counts of a month, minute by minute, beside the page: it takes seconds. */
addEventListener("message", (event: MessageEvent<ReplayRequest>) => {
  run(event.data).catch((error: unknown) => {
    tell({ kind: "failed", error: error instanceof Error ? error.message : "unknown error" });
  });
});

async function run({ sloName, nowMinute }: ReplayRequest): Promise<void> {
  const slo = parseSlos([{ file: "config/slos.yaml", text: specText }]).slos.find(({ name }) => name === sloName);
  if (slo === undefined)
    return tell({ kind: "failed", error: `config/slos.yaml of this build has no ${sloName}: build the dashboard again` });
  const cells = await cellsOf(sloName, nowMinute);
  const [replayed] = replay([slo], cells, { onProgress: (share) => tell({ kind: "progress", share }) });
  if (replayed === undefined) return tell({ kind: "nothing" });
  const { fromMinute, toMinute, last, timings } = replayed;
  tell({
    kind: "done",
    fromMinute,
    toMinute,
    budgetLeftRatio: last.budget.leftRatio,
    sentence: last.sentence,
    rules: timings.all().map(([rule, firings]) => ({ rule, firings })),
  });
}

/** Counts in the finest cells that are kept: minutes of today, five minutes of some days, hours before. */
async function cellsOf(sloName: string, nowMinute: number): Promise<Slice[]> {
  const cells: Slice[] = [];
  for (const { spanMinutes, fromMinute, beforeMinute } of historyRanges(undefined, nowMinute)) {
    const stepMinutes = CELLS_AT_ONCE * spanMinutes;
    for (let from = Math.max(fromMinute, nowMinute - REPLAYED_MINUTES); from < beforeMinute; from += stepMinutes) {
      const query = `span=${spanMinutes}&from=${from}&before=${Math.min(beforeMinute, from + stepMinutes)}`;
      const { slices } = await readJson<{ slices: readonly Slice[] }>(`/api/evaluator/slos/${sloName}/slices?${query}`);
      cells.push(...slices);
    }
  }
  return cells;
}

function tell(message: ReplayMessage): void {
  postMessage(message);
}

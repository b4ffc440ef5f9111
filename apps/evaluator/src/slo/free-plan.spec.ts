import { parseSlos } from "@monotask/slo";
import { describe, expect, it } from "vitest";
import { evaluator, SPEC_ENTRY, SPEC_HEAD, START } from "../test/stack.ts";

describe("the Free plan", () => {
  it("holds 50 SLOs: a tick writes at most 30 rows as D1 bills them, and asks one query and few statements", async () => {
    const many = Array.from({ length: 50 }, (_, at) => SPEC_ENTRY.replace("name: availability", `name: slo-${at}`)).join("");
    const stack = evaluator((minute) => minute % 7, undefined, parseSlos([{ file: "a.yaml", text: SPEC_HEAD + many }]).slos);
    expect(stack.deps.slos).toHaveLength(50);
    const written: number[] = [];
    for (let minute = START; minute < START + 30; minute += 1) {
      stack.onSave((rows) => written.push(rows));
      await stack.tickAt(minute);
    }
    // The first tick looks back six hours; from then on each writes what is new.
    const steady = written.slice(1);
    expect(steady).toHaveLength(29);
    // Beside the transaction a tick writes its measurement and that it was told: one row each.
    expect(Math.max(...steady) + 2).toBeLessThanOrEqual(30);
    expect(steady.reduce((sum, rows) => sum + rows + 2, 0) / steady.length).toBeLessThanOrEqual(12);
    expect(stack.queries).toHaveLength(30);
  }, 60_000);
});

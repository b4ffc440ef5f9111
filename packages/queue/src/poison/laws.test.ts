import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge, type Attempt, type PoisonMemory, type PoisonRules, type Verdict } from "./judge.ts";

const SEED = 20_261_124;

const failure = fc.record({
  name: fc.constant("Error"),
  message: fc.constant("m"),
  fingerprint: fc.constantFrom("f1", "f2", "f3"),
  isPassing: fc.boolean(),
  isHopeless: fc.boolean(),
});
const attempts: fc.Arbitrary<Attempt[]> = fc.array(
  fc.record({ attempts: fc.integer({ min: 1, max: 6 }), failure }, { requiredKeys: ["attempts"] }),
  { maxLength: 60 },
);
const rules: fc.Arbitrary<PoisonRules> = fc.record({
  maxRetries: fc.integer({ min: 0, max: 5 }),
  poisonAfter: fc.integer({ min: 1, max: 8 }),
});

function live(history: readonly Attempt[], under: PoisonRules): { memory: PoisonMemory; verdicts: Verdict[] } {
  let memory: PoisonMemory = new Map();
  const verdicts = history.map((attempt) => {
    const judged = judge(memory, attempt, under);
    memory = judged.memory;
    return judged.verdict;
  });
  return { memory, verdicts };
}

function holds(law: (history: Attempt[], under: PoisonRules) => void): void {
  fc.assert(fc.property(attempts, rules, law), { seed: SEED, numRuns: 300 });
}

describe("judging failed attempts", () => {
  it("names every message poison that has no retry left, and no other as its last attempt", () => {
    holds((history, under) => {
      live(history, under).verdicts.forEach((verdict, at) => {
        const attempt = history[at];
        if (attempt === undefined || attempt.failure?.isHopeless) return;
        const isLast = attempt.attempts > under.maxRetries;
        expect(verdict.kind === "poison" && verdict.reason === "last-attempt").toBe(isLast);
      });
    });
  });

  it("never holds a failure that may pass, or that nobody explained, against a message that has retries left", () => {
    holds((history, under) => {
      live(history, under).verdicts.forEach((verdict, at) => {
        const attempt = history[at];
        if (attempt === undefined || attempt.attempts > under.maxRetries || attempt.failure?.isHopeless) return;
        if (attempt.failure === undefined || attempt.failure.isPassing) expect(verdict).toEqual({ kind: "retry" });
      });
    });
  });

  it("calls a failure the same only from the second attempt on and after enough sights of it", () => {
    holds((history, under) => {
      live(history, under).verdicts.forEach((verdict, at) => {
        if (verdict.kind !== "poison" || verdict.reason !== "same-failure") return;
        const print = history[at]?.failure?.fingerprint;
        const sights = history
          .slice(0, at + 1)
          .filter((each) => each.failure?.fingerprint === print && !each.failure?.isPassing).length;
        expect(history[at]?.attempts).toBeGreaterThanOrEqual(2);
        expect(sights).toBeGreaterThanOrEqual(under.poisonAfter);
      });
    });
  });

  it("remembers a bounded number of bugs, the newest ones", () => {
    const bug = (n: number): Attempt => ({
      attempts: 1,
      failure: { name: "E", message: "", fingerprint: `f${n}`, isPassing: false, isHopeless: false },
    });
    const { memory } = live(
      Array.from({ length: 1_000 }, (_, n) => bug(n)),
      { maxRetries: 3, poisonAfter: 5 },
    );
    expect(memory.size).toBe(256);
    expect([memory.has("f999"), memory.has("f0")]).toEqual([true, false]);
  });
});

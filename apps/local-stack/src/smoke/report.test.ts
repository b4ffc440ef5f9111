import { describe, expect, it } from "vitest";
import { createSteps } from "./report.ts";

describe("the steps of a smoke run", () => {
  it("are printed with a mark and their figures, and what was expected where it was not found", async () => {
    const lines: string[] = [];
    let nowMs = 5_000;
    const steps = createSteps(
      (line) => lines.push(line),
      () => nowMs,
    );
    await steps.run("rows", "10 rows", () => {
      nowMs += 12_000;
      return Promise.resolve({ ok: true, observed: "10 rows" });
    });
    await steps.run("alert", "1 page", () => Promise.resolve({ ok: false, observed: "2 pages" }));
    expect(lines).toEqual(["✓ rows (0 to 12 s)", "    10 rows", "✗ alert (12 to 12 s)", "    2 pages", "    expected: 1 page"]);
    expect(steps.report().ok).toBe(false);
  });

  it("go on after one that throws, which has failed with its reason", async () => {
    const steps = createSteps(
      () => undefined,
      () => 0,
    );
    await steps.run("first", "an answer", () => Promise.reject(new Error("nobody listens")));
    await steps.run("second", "an answer", () => Promise.resolve({ ok: true, observed: "an answer" }));
    expect(steps.report()).toEqual({
      ok: false,
      steps: [
        { name: "first", ok: false, expected: "an answer", observed: "Error: nobody listens", fromS: 0, toS: 0 },
        { name: "second", ok: true, expected: "an answer", observed: "an answer", fromS: 0, toS: 0 },
      ],
    });
  });

  it("are not ok when there was none", () => {
    expect(createSteps(() => undefined).report()).toEqual({ steps: [], ok: false });
  });
});

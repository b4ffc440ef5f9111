import { createLogger, systemClock } from "@monotask/telemetry";
import { describe, expect, it } from "vitest";
import { runSteps } from "./step.ts";

describe("the steps of a tick", () => {
  it("stand alone: one that fails is logged by name, stops no other, and the closing steps hear of it", async () => {
    const lines: string[] = [];
    const done: string[] = [];
    const logger = createLogger({
      workerName: "test",
      level: "info",
      clock: systemClock,
      write: (line) => lines.push(line),
    });
    const failed = await runSteps(
      { logger },
      [
        {
          name: "throws",
          run: () => {
            throw new Error("no collector");
          },
        },
        { name: "rejects", run: () => Promise.reject(new Error("away")) },
        { name: "works", run: () => Promise.resolve(void done.push("works")) },
      ],
      [{ name: "heartbeat", run: (_, names) => Promise.resolve(void done.push(`after ${names.join()}`)) }],
    );
    expect(failed).toEqual(["throws", "rejects"]);
    expect(done).toEqual(["works", "after throws,rejects"]);
    expect(lines.join()).toContain("no collector");
  });
});

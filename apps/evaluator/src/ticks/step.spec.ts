import { env } from "cloudflare:workers";
import { createLogger, systemClock } from "@monotask/telemetry";
import { describe, expect, it } from "vitest";
import { evaluator, MINUTE_MS, START } from "../test/stack.ts";
import { heartbeatStep } from "./heartbeat-step.ts";
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

describe("the heartbeat", () => {
  it("falls silent while the newest decided minute lies in the future: no tick decides anything until the clock is there", async () => {
    const stack = evaluator(() => 0);
    const { deps } = stack;
    await stack.tickAt(START + 600);
    const lines: string[] = [];
    const logger = createLogger({ workerName: "test", level: "error", clock: systemClock, write: (line) => lines.push(line) });
    const idle = { ...deps.alerts, backlog: () => Promise.resolve({ pending: 0 }) };
    const context = { ...deps, alerts: idle, logger, env: { ...env, HEARTBEAT_URL: "http://127.0.0.1:1/" } };
    await heartbeatStep.run({ ...context, scheduledMs: START * MINUTE_MS }, []);
    expect(lines.join()).toContain("the newest decided minute lies 598 min ahead of the clock");
  });
});

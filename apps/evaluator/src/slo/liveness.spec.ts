import { describe, expect, it } from "vitest";
import { evaluator, slos, START } from "../test/stack.ts";

describe("silence of a worker", () => {
  const silent = { fromMinute: START, toMinute: START + 5 } as const;

  async function stateAfterSilence(requests: Record<string, number> | undefined): Promise<unknown> {
    const stack = evaluator(() => 0);
    await stack.tickAt(START);
    stack.silence((minute) => minute >= START);
    if (requests !== undefined) await stack.store.saveInvocations({ ...silent, requests });
    for (let minute = START + 1; minute <= START + 6; minute += 1) await stack.tickAt(minute);
    const [status] = (await stack.store.statuses(slos)).slos;
    return [status?.state, status?.windows[0]?.coverage];
  }

  it("is no traffic where the platform counted no invocation: the minutes are covered", async () => {
    expect(await stateAfterSilence({ other: 7 })).toEqual(["ok", 1]);
  });

  it("is missing telemetry where the platform did count some", async () => {
    expect(await stateAfterSilence({ api: 7 })).toEqual(["no-data", 0]);
  });

  it("is missing data where the platform said nothing", async () => {
    expect(await stateAfterSilence(undefined)).toEqual(["no-data", 0]);
  });
});

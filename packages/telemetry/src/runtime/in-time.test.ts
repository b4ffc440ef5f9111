import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answeringInTime } from "../index.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A peer that counts on its own fields, and hangs where it is told to. */
const peer = {
  known: 2,
  async add(count: number) {
    return this.known + count;
  },
  hang: () => new Promise<never>(() => undefined),
  async fail() {
    throw new Error("Network connection lost");
  },
};

describe("a peer that is to answer in time", () => {
  const asked = answeringInTime("the peer", peer, (call) => (call === "hang" ? 5_000 : 1_000));

  it("answers and fails as it would", async () => {
    expect(await asked.add(1)).toBe(3);
    await expect(asked.fail()).rejects.toThrow("Network connection lost");
    expect(asked.known).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is named with the call that it left unanswered", async () => {
    const told = expect(asked.hang()).rejects.toThrow("the peer, asked to hang, has not answered within 5 s");
    await vi.advanceTimersByTimeAsync(5_000);
    await told;
  });
});

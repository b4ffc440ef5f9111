import { describe, expect, it } from "vitest";
import { heartbeatBlocker, sendHeartbeat, type TickReport } from "../index.ts";

const well: TickReport = { failed: [], backlog: { pending: 0 }, nowMs: 1_000_000 };

describe("the heartbeat", () => {
  it.each<[string, Partial<TickReport>, string | undefined]>([
    ["goes out when the tick measured, persisted and told", {}, undefined],
    ["goes out while a delivery is under way", { backlog: { pending: 1, oldestDecidedAtMs: 701_000 } }, undefined],
    ["stays away after a failed step", { failed: ["slos"] }, "the tick's steps failed: slos"],
    ["stays away while a minute is untold", { unfinished: "3 ticks are not told" }, "3 ticks are not told"],
    ["stays away when AlertManager cannot be asked", { backlog: undefined }, "AlertManager could not be reached"],
    [
      "stays away when a delivery waits for 5 min",
      { backlog: { pending: 1, oldestDecidedAtMs: 700_000 } },
      "a delivery has been waiting for 5 min",
    ],
  ])("%s", (_, fields, blocker) => {
    expect(heartbeatBlocker({ ...well, ...fields })).toBe(blocker);
  });

  it("goes to https only, and names no address when it fails", async () => {
    const refuse = (): Promise<Response> => Promise.reject(new Error("https://hc.example/canary"));
    expect(await sendHeartbeat("http://hc.example/canary", refuse, false)).toContain("check HEARTBEAT_URL");
    expect(await sendHeartbeat("https://hc.example/canary", refuse, false)).toBe("the heartbeat's receiver could not be reached");
    expect(await sendHeartbeat("https://hc.example/canary", async () => new Response("no", { status: 404 }), false)).toBe(
      "the heartbeat's receiver answered 404",
    );
    expect(await sendHeartbeat("https://hc.example/canary", async () => new Response("ok"), false)).toBeUndefined();
  });
});

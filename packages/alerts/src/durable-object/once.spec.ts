import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { namespace, sentTo, settled } from "../../test/manager-world.ts";
import { signal } from "../../test/signals.ts";
import { createAlertClient, type CooldownMemory, type DedupStore } from "../index.ts";

describe("alert client with AlertManager", () => {
  it("hands the first error over and counts the rest of the storm for the next pass", async () => {
    const bindings = { ...env, MONOTASK_CLOCK: undefined };
    const client = createAlertClient(bindings, { workerName: "api", memory: new Map() });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => client.raise(signal("error:database", {}, { startsAt: Date.now() }))),
    );
    expect(answers.filter(({ kind }) => kind === "handed-over")).toHaveLength(1);
    expect(answers.at(-1)).toEqual({ kind: "counted", waiting: 999 });
    const manager = namespace().getByName("default");
    expect(await manager.list()).toMatchObject([{ name: "error:database", count: 1 }]);
    await settled(manager, 4);
  });
});

function newMemory(): CooldownMemory {
  return new Map();
}

describe("a race of concurrent duplicates", () => {
  /** Messages in Slack after `count` isolates (or one, for memory) raise the same new alert at once. */
  async function race(dedup: DedupStore, count: number): Promise<number> {
    const bindings = { ...env, MONOTASK_CLOCK: undefined };
    const name = `race:${dedup}:${count}`;
    const shared: CooldownMemory = new Map();
    const before = sentTo("slack.test").length;
    await Promise.all(
      Array.from({ length: count }, () => {
        const memory = dedup === "memory" ? shared : newMemory();
        const worker = `${name.replaceAll(":", "-")}`;
        return createAlertClient(bindings, { workerName: worker, dedup, memory }).raise(
          signal(name, { worker }, { startsAt: Date.now() }),
        );
      }),
    );
    if (dedup === "durable-object") {
      const manager = namespace().getByName("default");
      await vi.waitFor(
        async () => {
          const records = await manager.notifications();
          expect(records.filter(({ title, status }) => title === name && status === "delivered")).toHaveLength(4);
        },
        { timeout: 20_000, interval: 50 },
      );
    }
    return sentTo("slack.test").length - before;
  }

  it("is told once by memory in one isolate and by AlertManager from any number, and by KV at least once", async () => {
    const told: Record<string, number> = {};
    for (const count of [10, 100]) {
      for (const dedup of ["memory", "kv"] as const) told[`${dedup} ${count}`] = await race(dedup, count);
    }
    told["durable-object 100"] = await race("durable-object", 100);
    console.info(`messages of concurrent duplicates: ${JSON.stringify(told)}`);
    expect(told).toMatchObject({ "memory 10": 1, "memory 100": 1, "durable-object 100": 1 });
    for (const count of [10, 100]) {
      expect(told[`kv ${count}`]).toBeGreaterThanOrEqual(1);
      expect(told[`kv ${count}`]).toBeLessThanOrEqual(count);
    }
  }, 30_000);
});

import { describe, expect, it } from "vitest";
import type { Child } from "./child.ts";
import { supervise } from "./supervisor.ts";

/** Processes that end when they are told to. */
function processes(): { readonly start: () => Promise<Child>; readonly all: { end(how: string): void }[] } {
  const all: { end(how: string): void }[] = [];
  return {
    all,
    start: () => {
      let end: (how: string) => void = () => undefined;
      const ended = new Promise<string>((resolve) => (end = resolve));
      all.push({ end });
      const pid = all.length;
      const stop = (): Promise<void> => Promise.resolve(end("SIGINT"));
      return Promise.resolve({ pid, ended, lastLines: () => ["last words"], kill: () => end("SIGKILL"), stop });
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a supervised process", () => {
  it("is started again when it ends by itself", async () => {
    const { start, all } = processes();
    const supervised = await supervise({ name: "workers", start, logDir: "logs" });
    all[0]?.end("exit code 1");
    await settled();
    expect([supervised.pid(), supervised.restarts()]).toEqual([2, 1]);
  });

  it("runs again when a kill resolves", async () => {
    const { start } = processes();
    const supervised = await supervise({ name: "workers", start, logDir: "logs" });
    await supervised.kill();
    expect([supervised.pid(), supervised.restarts()]).toEqual([2, 1]);
  });

  it("stays ended when it was stopped", async () => {
    const { start, all } = processes();
    const supervised = await supervise({ name: "workers", start, logDir: "logs" });
    await supervised.stop();
    await settled();
    expect(all).toHaveLength(1);
  });

  it("is given up on when it ends six times within a minute, with its last words", async () => {
    const { start, all } = processes();
    const supervised = await supervise({ name: "workers", start, logDir: "logs", now: () => 0 });
    for (let n = 0; n < 6; n += 1) {
      all[n]?.end("exit code 1");
      await settled();
    }
    expect(await supervised.broken).toBe("workers ended again and again (exit code 1); its log is in logs.\nlast words");
    expect(all).toHaveLength(6);
  });

  it("is started again as often as needed when its ends are far apart", async () => {
    const { start, all } = processes();
    let nowMs = 0;
    const supervised = await supervise({ name: "workers", start, logDir: "logs", now: () => nowMs });
    for (let n = 0; n < 10; n += 1) {
      all[n]?.end("exit code 1");
      await settled();
      nowMs += 30_000;
    }
    expect(supervised.restarts()).toBe(10);
  });
});

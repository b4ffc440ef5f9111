import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createLogger } from "./logger.ts";
import type { Logger } from "./logger.ts";
import type { LogLevel } from "./settings/settings.ts";
import { byteLength } from "./text/bytes.ts";

const clock = { now: () => 1_700_000_000_123, toReal: (ms: number) => ms };

function recording(level: LogLevel = "info"): { logger: Logger; lines: string[]; last: () => Record<string, unknown> } {
  const lines: string[] = [];
  const logger = createLogger({ workerName: "api", level, clock, write: (line) => void lines.push(line) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? "") as Record<string, unknown> };
}

describe("a log line", () => {
  test("is one line of JSON with level, timestamp in ms, worker, request, message and metadata", () => {
    const { logger, last, lines } = recording();
    logger.forRequest("r1").warn("slow\nquery", { rows: 3 });
    expect(lines[0]).not.toContain("\n");
    expect(last()).toEqual({
      level: "warn",
      timestamp: 1_700_000_000_123,
      workerName: "api",
      requestId: "r1",
      message: "slow\nquery",
      metadata: { rows: 3 },
    });
  });

  test("has an empty request id and no metadata where none are given", () => {
    const { logger, last } = recording();
    logger.info("started");
    expect(last()).toMatchObject({ requestId: "", metadata: {} });
  });

  test.each([
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ] as const)("is left out below the level %s", (level, written) => {
    const { logger, lines } = recording(level);
    logger.info("a");
    logger.warn("b");
    logger.error("c");
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(written);
  });

  test("goes to the console's method of its level by default", () => {
    const spies = { log: vi.spyOn(console, "log"), warn: vi.spyOn(console, "warn"), error: vi.spyOn(console, "error") };
    for (const spy of Object.values(spies)) spy.mockImplementation(() => undefined);
    const logger = createLogger({ workerName: "api", level: "info", clock });
    logger.info("a");
    logger.warn("b");
    logger.error("c");
    for (const spy of Object.values(spies)) {
      expect(spy).toHaveBeenCalledTimes(1);
      spy.mockRestore();
    }
  });
});

describe("metadata", () => {
  test("with a cycle is written with a note where the cycle closes", () => {
    const { logger, last } = recording();
    const task: Record<string, unknown> = { id: 1 };
    task["self"] = task;
    logger.info("x", { task });
    expect(last()["metadata"]).toEqual({ task: { id: 1, self: "[cycle]" } });
  });

  test("with one object in two places shows it twice", () => {
    const { logger, last } = recording();
    const user = { id: 1 };
    logger.info("x", { from: user, to: user });
    expect(last()["metadata"]).toEqual({ from: { id: 1 }, to: { id: 1 } });
  });

  test("with a throwing getter loses that field alone", () => {
    const { logger, last } = recording();
    logger.info("x", { ok: 1, get bad(): number { throw new Error("no"); } }); // prettier-ignore
    expect(last()["metadata"]).toEqual({ ok: 1, bad: "[unreadable]" });
  });

  test("with a BigInt, a date, a map, a set and bytes is readable", () => {
    const { logger, last } = recording();
    logger.info("x", { n: 2n ** 64n, at: new Date(0), map: new Map([["a", 1]]), set: new Set([1]), bytes: new Uint8Array(9) });
    expect(last()["metadata"]).toEqual({
      n: "18446744073709551616",
      at: "1970-01-01T00:00:00.000Z",
      map: { a: 1 },
      set: [1],
      bytes: "[9 bytes]",
    });
  });

  test("with an error shows name, message, stack, cause and code", () => {
    const { logger, last } = recording();
    const error = Object.assign(new TypeError("no such task", { cause: new Error("D1_ERROR") }), { code: "E1" });
    logger.error("failed", { error });
    expect(last()["metadata"]).toMatchObject({
      error: { name: "TypeError", message: "no such task", code: "E1", cause: { message: "D1_ERROR" } },
    });
  });

  test("of great depth, length or size is cut", () => {
    const { logger, last, lines } = recording();
    const deep: Record<string, unknown> = {};
    let at = deep;
    for (let i = 0; i < 10_000; i += 1) at = at["next"] = {};
    logger.info("x", {
      deep,
      long: Array.from({ length: 1_000 }, (_, i) => i),
      wide: Array.from({ length: 90 }, () => "a b ".repeat(8_000)),
    });
    expect(lines[0]?.length).toBeLessThan(100_000);
    expect(JSON.stringify(last()["metadata"])).toContain("[too deep]");
    expect(last()["metadata"]).toMatchObject({ long: expect.arrayContaining(["[900 more]"]) as unknown });
  });

  test.each(["\0", "\ud800", "\u001b", "€", '"'])("of 100,000 times %j is below the platform's 256 KB", (unit) => {
    const { logger, lines } = recording();
    logger.info("x", { long: Array.from({ length: 4 }, () => unit.repeat(25_000)) });
    expect(byteLength(lines[0] ?? "")).toBeLessThan(256_000);
  });

  test.each(["password", "apiKey", "X-Api-Key", "authorization", "Set-Cookie", "client_secret", "accessToken", "routing_key"])(
    "never shows the value of a field named %s",
    (name) => {
      const { logger, lines } = recording();
      logger.info("x", { [name]: "abc", nested: { [name]: { deep: "abc" } } });
      expect(lines[0]).not.toContain("abc");
    },
  );

  test("shows counts that are named after tokens", () => {
    const { logger, last } = recording();
    logger.info("x", { inputTokens: 1_024, tokenCount: 3 });
    expect(last()["metadata"]).toEqual({ inputTokens: 1_024, tokenCount: 3 });
  });

  test("is scrubbed, as the message is", () => {
    const { logger, lines } = recording();
    logger.info("mail to bob@example.com", { note: "Authorization: Bearer abcdefgh12345678" });
    expect(lines[0]).not.toContain("bob@example.com");
    expect(lines[0]).not.toContain("abcdefgh12345678");
  });

  test("never makes the logger throw, and always gives one line of JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.dictionary(fc.string(), fc.anything()), (message, metadata) => {
        const { logger, last, lines } = recording();
        logger.info(message, metadata);
        expect(lines).toHaveLength(1);
        expect(last()["level"]).toBe("info");
        expect(lines[0]).not.toContain("\n");
      }),
      { numRuns: 50 },
    );
  });

  test("of a hostile proxy is noted as unreadable", () => {
    const { logger, last } = recording();
    logger.info("x", { hostile: new Proxy({}, { ownKeys: () => { throw new Error("no"); } }) }); // prettier-ignore
    expect(last()["metadata"]).toEqual({ hostile: "[unreadable]" });
  });
});

describe("a failing sink or clock", () => {
  const broken = (): never => {
    throw new Error("broken");
  };

  test("does not reach the caller", () => {
    createLogger({ workerName: "api", level: "info", clock, write: broken }).info("x");
    createLogger({ workerName: "api", level: "info", clock: { ...clock, now: broken }, write: () => undefined }).info("x");
  });
});

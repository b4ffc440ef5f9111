import { describe, expect, it } from "vitest";
import { parseStartFlags, type ParsedFlags } from "./flags.ts";

function parsed(...args: string[]): ParsedFlags & { readonly said: string } {
  const said: string[] = [];
  return { ...parseStartFlags(args, (text) => said.push(text)), said: said.join("\n") };
}

describe("the flags of pnpm start", () => {
  it("have defaults that run in real time with everything measured", () => {
    expect(parsed()).toMatchObject({
      kind: "start",
      flags: { portBase: 8787, nowMs: undefined, speed: 1, perSecond: 8, samplingRate: 1, seed: 1, isFresh: false },
    });
  });

  it("set the virtual clock", () => {
    expect(parsed("--now", "2026-03-29T01:30:00Z", "--speed", "30")).toMatchObject({
      flags: { nowMs: Date.UTC(2026, 2, 29, 1, 30), speed: 30 },
    });
  });

  it.each([
    [["--port-base", "80"], "Use a whole number from 1025 to 65530."],
    [["--now", "yesterday"], "Use an ISO 8601 time with its zone"],
    [["--speed", "0"], "Use a number above 0"],
    [["--sampling", "2"], "Use a number above 0 and up to 1."],
    [["--per-second", "-1"], "Use a number from 0 to 200."],
    [["--prot-base", "9000"], "unknown option '--prot-base'"],
  ])("%j is refused with what it takes", (args, words) => {
    const { kind, said } = parsed(...args);
    expect(kind).toBe("exit");
    expect(said).toContain(words);
  });

  it("explain themselves", () => {
    const { said, ...rest } = parsed("--help");
    expect(rest).toEqual({ kind: "exit", code: 0 });
    expect(said).toContain("--port-base <port>");
  });
});

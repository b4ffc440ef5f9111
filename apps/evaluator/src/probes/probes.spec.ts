import { parseSlos } from "@monotask/slo";
import { describe, expect, it } from "vitest";
import { probeUrl, runProbe } from "./run-probe.ts";

describe("a probe", () => {
  const { probes } = parseSlos([
    {
      file: "p.yaml",
      text: 'apiVersion: monotask.dev/v1\nprobes: [{ name: health, url: "${API_URL}/health", worker: api, expect: { status: [200, 3xx], body: fine }, timeout: 100ms }]\n',
    },
  ]);
  const [probe] = probes;

  async function outcome(answer: (signal: AbortSignal | null | undefined) => Promise<Response>): Promise<unknown> {
    if (probe === undefined) throw new Error("no probe");
    const { outcome: end, statusCode } = await runProbe(probe, "http://api.test/health", {
      fetch: (_, init) => answer(init.signal),
      nowMs: () => 0,
    });
    return [end, statusCode];
  }

  it("succeeds on the expected status and text, and fails on anything else, silence included", async () => {
    expect(await outcome(() => Promise.resolve(new Response("all fine")))).toEqual(["ok", "200"]);
    expect(await outcome(() => Promise.resolve(new Response("all fine", { status: 302 })))).toEqual(["ok", "302"]);
    expect(await outcome(() => Promise.resolve(new Response("broken")))).toEqual(["failed", "200"]);
    expect(await outcome(() => Promise.resolve(new Response("fine", { status: 500 })))).toEqual(["failed", "500"]);
    expect(await outcome(() => Promise.reject(new Error("refused")))).toEqual(["failed", ""]);
    const silence = (signal: AbortSignal | null | undefined): Promise<Response> =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("timed out"))));
    expect(await outcome(silence)).toEqual(["failed", ""]);
  });

  it("takes its address from a variable, and has none where that is not set", () => {
    if (probe === undefined) throw new Error("no probe");
    expect(probeUrl(probe, { API_URL: "https://api.test/" })).toBe("https://api.test/health");
    expect(probeUrl(probe, {})).toBeUndefined();
  });
});

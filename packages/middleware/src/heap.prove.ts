import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { monitor } from "./index.ts";

const REQUESTS = 100_000;

describe("the heap", () => {
  it("is flat over 100,000 requests, each with a path and an id of its own", { timeout: 120_000 }, async () => {
    setFlagsFromString("--expose_gc");
    const collect = runInNewContext("gc") as () => void;
    const env = { LOG_LEVEL: "error", ANALYTICS: { writeDataPoint: () => undefined }, ALERT_MANAGER: {} };
    const fetch = async (_request: Request, _env: object): Promise<Response> => new Response("ok");
    const monitored = monitor({ fetch }, { workerName: "heap" });
    const heapAfter = async (count: number, from: number): Promise<number> => {
      for (let i = from; i < from + count; i += 1) {
        await monitored.fetch(new Request(`https://api.test/items-${i}/x`, { headers: { "cf-ray": `ray-${i}` } }), env);
      }
      collect();
      return getHeapStatistics().used_heap_size;
    };
    const before = await heapAfter(REQUESTS / 10, 0);
    const after = await heapAfter(REQUESTS, REQUESTS);
    console.log(`heap ${(before / 2 ** 20).toFixed(1)} MiB, after ${REQUESTS} requests more ${(after / 2 ** 20).toFixed(1)} MiB`);
    // Under 10 bytes a request: nothing is kept of each.
    expect(after - before).toBeLessThan(REQUESTS * 10);
  });
});

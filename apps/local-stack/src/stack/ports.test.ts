import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { portsFrom, requireFreePorts } from "./ports.ts";

describe("the ports of the local stack", () => {
  it("follow from one base", () => {
    expect(portsFrom(8787)).toEqual({
      wrangler: 8786,
      demo: 8787,
      evaluator: 8788,
      dashboard: 8789,
      analytics: 8790,
      inbox: 8791,
      upstreams: 8792,
    });
  });

  it("are told by number, purpose and flag when one is taken", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    try {
      await expect(requireFreePorts({ ...portsFrom(port), wrangler: port })).rejects.toThrow(
        new RegExp(`Port ${port} is taken; the demo app needs it\\.[^]*--port-base ${port + 100 <= 65530 ? port + 100 : 8787}`),
      );
    } finally {
      holder.close();
    }
  });
});

import { SandboxRegistry } from "../src/durable-object/index.ts";

/** Milliseconds by which the registries' clock is ahead; the tests run in the same isolate and set it. */
export const clock = { aheadMs: 0 };

/** What the reaching registry does to destroy a sandbox. */
export const reach: { destroy: (id: string) => Promise<void> } = { destroy: async () => undefined };

export class TestRegistry extends SandboxRegistry {
  protected override nowMs(): number {
    return Date.now() + clock.aheadMs;
  }
}

export class ReachingRegistry extends SandboxRegistry {
  protected override nowMs(): number {
    return Date.now() + clock.aheadMs;
  }

  protected override destroySandbox(id: string): Promise<void> {
    return reach.destroy(id);
  }
}

const worker: ExportedHandler = { fetch: () => new Response("sandbox-test") };

export default worker;

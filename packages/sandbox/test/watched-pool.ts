import { reset, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { columnOf, type FieldOf } from "@monotask/telemetry";
import { beforeEach } from "vitest";
import { createSandboxMonitor, type SandboxMonitor, type SandboxMonitorOptions } from "../src/index.ts";
import { platform, type Platform } from "./platform.ts";
import { clock, type ReachingRegistry, type TestRegistry } from "./worker.ts";

interface TestEnv {
  readonly SANDBOX_REGISTRY: DurableObjectNamespace<TestRegistry>;
  readonly REACHING_REGISTRY: DurableObjectNamespace<ReachingRegistry>;
}
/** What the platform gives for a sandbox. */
export type Handle = { readonly id: string };

export const bindings = env as unknown as TestEnv;
export const registry = (): DurableObjectStub<TestRegistry> => bindings.SANDBOX_REGISTRY.getByName("default");

/** The platform of this test. */
export let world: Platform;
let points: AnalyticsEngineDataPoint[];
let made: number;

beforeEach(async () => {
  await reset();
  clock.aheadMs = 0;
  world = platform();
  points = [];
  made = 0;
});

/** A monitor of the pool `agents`, whose sandboxes are s1, s2, …. */
export function monitor(options: Partial<SandboxMonitorOptions<Handle>> = {}, more: object = {}): SandboxMonitor<Handle> {
  const dataset = { writeDataPoint: (point: AnalyticsEngineDataPoint) => void points.push(point) };
  const newId = (): string => `s${(made += 1)}`;
  return createSandboxMonitor(
    { ...bindings, ANALYTICS: dataset, ...more },
    {
      workerName: "demo",
      pool: "agents",
      driver: world.driver,
      newId,
      ...options,
    },
  );
}

/** Fields of each sandbox point that the caller wrote. */
export function written(...fields: FieldOf<"sandbox">[]): unknown[][] {
  return points.map((point) =>
    fields.map((field) => {
      const column = columnOf("sandbox", field);
      return (column?.type === "blob" ? point.blobs : point.doubles)?.[(column?.position ?? 0) - 1];
    }),
  );
}

export async function active(): Promise<number> {
  return (await registry().list("agents")).length;
}

/** The registry's clock goes on, and its alarm rings. */
export async function later(ms: number): Promise<void> {
  clock.aheadMs += ms;
  await runDurableObjectAlarm(registry());
}

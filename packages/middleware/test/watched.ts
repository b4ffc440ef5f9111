import { createExecutionContext } from "cloudflare:test";
import { env as bindings } from "cloudflare:workers";
import { columnOf, type Kind } from "@monotask/telemetry";
import { afterEach, beforeEach, vi } from "vitest";
import { monitor, type MonitorOptions } from "../src/index.ts";
import { handler, type TestEnv } from "./worker.ts";

// The bindings of wrangler.jsonc; the plugin types them for one worker of the workspace only.
export const env = bindings as unknown as TestEnv;

interface Point {
  readonly blobs: string[];
  readonly doubles: number[];
}

export const points: Point[] = [];

/** Keeps what is written, and what is logged out of the output. */
export function watchPoints(): void {
  beforeEach(() => {
    points.length = 0;
    vi.spyOn(env.ANALYTICS, "writeDataPoint").mockImplementation((point) => void points.push(point as unknown as Point));
    for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

export function written(kind: Kind, ...fields: string[]): unknown[][] {
  return points
    .filter(({ blobs }) => blobs[5] === kind)
    .map(({ blobs, doubles }) =>
      fields.map((field) => {
        const column = columnOf(kind, field);
        return column?.type === "blob" ? blobs[column.position - 1] : doubles[(column?.position ?? 0) - 1];
      }),
    );
}

export const request = (path: string, init?: RequestInit): Request => new Request(`https://api.test${path}`, init);

export async function call(
  path: string,
  options: Partial<MonitorOptions> = {},
  own: typeof handler = handler,
): Promise<Response> {
  return monitor(own, { workerName: "middleware-test", ...options }).fetch(request(path), env, createExecutionContext());
}

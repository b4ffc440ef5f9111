import { columnOf, type Kind } from "@monotask/telemetry";
import { afterEach, beforeEach, vi } from "vitest";

interface Point {
  readonly blobs: string[];
  readonly doubles: number[];
}

interface Raised {
  readonly signals: readonly { readonly name: string; readonly labels: Record<string, string> }[];
}

export interface World {
  readonly env: Record<string, unknown>;
  readonly points: Point[];
  readonly raised: Raised[];
  readonly ctx: { waitUntil(work: Promise<unknown>): void };
  /** What `waitUntil` was given, awaited. */
  settle(): Promise<void>;
  /** Fields of the points of a kind. */
  written(kind: Kind, ...fields: string[]): unknown[][];
}

let workers = 0;

/** A worker of its own, so that the isolate's alert cooldown of another test does not hold its alerts back. */
export function world(vars: Record<string, unknown> = {}): World & { workerName: string } {
  const points: Point[] = [];
  const raised: Raised[] = [];
  const works: Promise<unknown>[] = [];
  const manager = {
    raise: (batch: Raised) => {
      raised.push(batch);
      return Promise.resolve({ accepted: 1, duplicate: false });
    },
  };
  workers += 1;
  return {
    workerName: `worker-${workers}`,
    env: {
      METRICS_SAMPLING_RATE: "1",
      ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) },
      ALERT_MANAGER: { getByName: () => manager },
      ...vars,
    },
    points,
    raised,
    ctx: { waitUntil: (work) => void works.push(work) },
    settle: async () => {
      await Promise.all(works);
    },
    written: (kind, ...fields) =>
      points
        .filter((point) => point.blobs[5] === kind)
        .map((point) =>
          fields.map((field) => {
            const column = columnOf(kind, field);
            return column?.type === "blob" ? point.blobs[column.position - 1] : point.doubles[(column?.position ?? 0) - 1];
          }),
        ),
  };
}

export type Fetch = (request: Request, env: object, ctx?: object) => Response | Promise<Response>;

export const request = (path = "/api/tasks/42", init: RequestInit = {}): Request =>
  new Request(`https://api.test${path}`, { headers: { "cf-ray": "ray1" }, ...init });

/** What is logged is kept out of the tests' output. */
export function quietConsole(): void {
  beforeEach(() => {
    for (const method of ["log", "warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

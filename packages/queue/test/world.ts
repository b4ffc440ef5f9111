import type { AlertSignal, RaiseBatch } from "@monotask/alerts";
import { columnOf, type DataPoint, type FieldOf, type Kind } from "@monotask/telemetry";

export interface World {
  readonly env: Record<string, unknown>;
  readonly ctx: { waitUntil(work: Promise<unknown>): void };
  /** Fields of each point of a kind. */
  written<K extends Kind>(kind: K, ...fields: FieldOf<K>[]): (string | number | undefined)[][];
  readonly signals: AlertSignal[];
  /** What was sent to the dead letter queue. */
  readonly dead: { body: unknown; options: unknown }[];
  settle(): Promise<void>;
}

/** A worker's bindings in memory; the dead letter queue is bound as `DLQ`. */
export function world(overrides: Record<string, unknown> = {}): World {
  const points: DataPoint[] = [];
  const signals: AlertSignal[] = [];
  const dead: World["dead"] = [];
  const work: Promise<unknown>[] = [];
  return {
    signals,
    dead,
    ctx: { waitUntil: (each) => void work.push(each) },
    env: {
      LOG_LEVEL: "error",
      ANALYTICS: { writeDataPoint: (point: DataPoint) => void points.push(point) },
      ALERT_MANAGER: {
        getByName: () => ({
          raise: async (raised: RaiseBatch) => {
            signals.push(...raised.signals);
            return { accepted: raised.signals.length, duplicate: false };
          },
        }),
      },
      DLQ: { send: async (body: unknown, options: unknown) => void dead.push({ body, options }) },
      ...overrides,
    },
    written: (kind, ...fields) =>
      points
        .filter(({ blobs }) => blobs[5] === kind)
        .map((point) =>
          fields.map((field) => {
            const column = columnOf(kind, field);
            return (column?.type === "blob" ? point.blobs : point.doubles)[(column?.position ?? 0) - 1];
          }),
        ),
    async settle() {
      while (work.length > 0) await work.pop();
    },
  };
}

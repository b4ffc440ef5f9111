import type { Row } from "@monotask/telemetry";
import type { FilterField } from "../model/slo.ts";
import type { Figure } from "./query.ts";

/** A row of the measurement, with its texts and counts in their places. */
export interface MeasuredRow {
  readonly minute: number;
  /** Kind of the points: request, queue, … */
  readonly kind: string;
  readonly version: string;
  readonly fields: Readonly<Record<FilterField, string>>;
  readonly status: number;
  readonly outcome: string;
  readonly bucket: number;
  /** The bucket of a sandbox's execution. */
  readonly execBucket: number;
  readonly events: number;
  readonly variance: number;
  readonly figure: (name: Figure) => { readonly count: number; readonly variance: number };
}

export function readRow(row: Row): MeasuredRow {
  const status = textOf(row, "status");
  return {
    minute: countOf(row, "minute") / 60,
    kind: textOf(row, "kind"),
    version: textOf(row, "version"),
    fields: {
      worker: textOf(row, "worker"),
      environment: textOf(row, "environment"),
      endpoint: textOf(row, "endpoint"),
      method: textOf(row, "method"),
      subject: textOf(row, "subject"),
      event: textOf(row, "event"),
    },
    status: /^\d{3}$/.test(status) ? Number(status) : Number.NaN,
    outcome: textOf(row, "outcome"),
    bucket: countOf(row, "bucket"),
    execBucket: countOf(row, "execBucket"),
    events: countOf(row, "events"),
    variance: countOf(row, "variance"),
    figure: (name) => ({ count: countOf(row, name), variance: countOf(row, `${name}Variance`) }),
  };
}

export function textOf(row: Row, column: string): string {
  return String(row[column] ?? "");
}

/** Weights are integers and so are their sums; the engine answers in floats. */
export function countOf(row: Row, column: string): number {
  const count = Math.round(Number(row[column] ?? 0));
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

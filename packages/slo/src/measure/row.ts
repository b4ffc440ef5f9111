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
  figure(name: Figure): { readonly count: number; readonly variance: number };
}

/** Columns are named one by one, because a name that is passed costs a search in each of thousands of rows. */
export function readRow(row: Row): MeasuredRow {
  return new AnswerRow(row);
}

class AnswerRow implements MeasuredRow {
  readonly minute: number;
  readonly kind: string;
  readonly version: string;
  readonly fields: MeasuredRow["fields"];
  readonly status: number;
  readonly outcome: string;
  readonly bucket: number;
  readonly execBucket: number;
  readonly events: number;
  readonly variance: number;
  readonly #row: Row;

  constructor(row: Row) {
    const status = textOf(row["status"]);
    this.minute = countOf(row["minute"]) / 60;
    this.kind = textOf(row["kind"]);
    this.version = textOf(row["version"]);
    this.fields = {
      worker: textOf(row["worker"]),
      environment: textOf(row["environment"]),
      endpoint: textOf(row["endpoint"]),
      method: textOf(row["method"]),
      subject: textOf(row["subject"]),
      event: textOf(row["event"]),
    };
    this.status = /^\d{3}$/.test(status) ? Number(status) : Number.NaN;
    this.outcome = textOf(row["outcome"]);
    this.bucket = countOf(row["bucket"]);
    this.execBucket = countOf(row["execBucket"]);
    this.events = countOf(row["events"]);
    this.variance = countOf(row["variance"]);
    this.#row = row;
  }

  figure(name: Figure): { readonly count: number; readonly variance: number } {
    return { count: countOf(this.#row[name]), variance: countOf(this.#row[`${name}Variance`]) };
  }
}

export function textOf(value: Row[string] | undefined): string {
  return typeof value === "string" ? value : String(value ?? "");
}

/** Weights are integers and so are their sums; the engine answers in floats. */
export function countOf(value: Row[string] | undefined): number {
  const count = Math.round(Number(value ?? 0));
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

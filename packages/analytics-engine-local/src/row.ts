import { limits, type PlainDataPoint } from "./data-point.ts";

/**
 * One point as a line of TabSeparated in the order of `insertedColumns`. Missing values are empty fields, which ClickHouse
 * reads as '' and 0 with `input_format_tsv_empty_as_default`.
 * @param second time of the point, in s since 1970
 * @param interval how many points this one stands for
 */
export function rowOf(point: PlainDataPoint, second: number, interval: number): string {
  const blobs = point.blobs.map(escaped).join("\t") + tabs[limits.blobsPerPoint - Math.max(1, point.blobs.length)];
  const doubles = point.doubles.map(float).join("\t") + tabs[limits.doublesPerPoint - Math.max(1, point.doubles.length)];
  return `${second}\t${interval}\t${escaped(point.indexes[0] ?? null)}\t${blobs}\t${doubles}\n`;
}

const tabs = Array.from({ length: limits.blobsPerPoint + 1 }, (_, i) => "\t".repeat(i));

// Characters that mean something in TabSeparated: \, tab, newline, carriage return and NUL.
const special = /[\\\t\n\r\0]/;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0" };

function escaped(text: string | null): string {
  if (text === null) return "";
  return special.test(text) ? text.replace(/[\\\t\n\r\0]/g, (c) => escapes[c] ?? c) : text;
}

function float(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

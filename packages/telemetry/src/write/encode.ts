import { limits } from "../limits.ts";
import { fixedColumns, kindColumns, SCHEMA_VERSION } from "../schema/schema.ts";
import type { Kind, PointFields } from "../schema/schema.ts";
import type { BlobColumn, DoubleColumn } from "../schema/columns.ts";
import { byteLength, truncateBytes } from "../text/bytes.ts";

/** What `writeDataPoint` takes. */
export interface DataPoint {
  readonly indexes: [string];
  readonly blobs: string[];
  readonly doubles: number[];
}

/** Texts that may be long, the one that is cut first in front. Every other blob is a label. */
const LONG_TEXTS: readonly string[] = ["stack", "message", "operation"];

/** Longest label in bytes: 20 labels leave room for long texts, so that no long text can push out what says where it comes from. */
const LABEL_BYTES = 512;

/**
 * The data point of a kind within every limit of Analytics Engine: labels are cut at 512 bytes and long
 * texts to what is left, both between code points; numbers that are none become 0.
 * The index is `worker:kind:class`, so that rare errors live under their own index and are not sampled away by healthy traffic.
 */
export function encodePoint<K extends Kind>(kind: K, fields: PointFields<K>): DataPoint {
  const values: Readonly<Record<string, unknown>> = fields;
  const layout = layoutOf(kind);
  const blobs = layout.blobs.map((slot) => (slot ? textOf(values[slot.field], slot.maxBytes) : ""));
  const doubles = layout.doubles.map((field) => (field === undefined ? 0 : numberOf(values[field])));
  blobs[fixedColumns.kind.position - 1] = kind;
  blobs[fixedColumns.schemaVersion.position - 1] = String(SCHEMA_VERSION);
  const weightAt = fixedColumns.sampleWeight.position - 1;
  doubles[weightAt] = Math.max(1, Math.round(doubles[weightAt] ?? 1));
  fitBytes(blobs, layout.longTexts);
  return { indexes: [indexOf(kind, values)], blobs, doubles };
}

/** Which field stands where in the points of a kind. */
interface Layout {
  readonly blobs: readonly ({ readonly field: string; readonly maxBytes: number } | undefined)[];
  readonly doubles: readonly (string | undefined)[];
  /** Places of the long texts, the one that is cut first in front. */
  readonly longTexts: readonly number[];
}

const layouts = new Map<Kind, Layout>();

/** Worked out once a kind. */
function layoutOf(kind: Kind): Layout {
  const known = layouts.get(kind);
  if (known) return known;
  const columns: Readonly<Record<string, BlobColumn | DoubleColumn>> = { ...fixedColumns, ...kindColumns[kind] };
  const blobs: { field: string; maxBytes: number }[] = [];
  const doubles: string[] = [];
  for (const [field, { type, position }] of Object.entries(columns)) {
    if (type === "double") doubles[position - 1] = field;
    else blobs[position - 1] = { field, maxBytes: LONG_TEXTS.includes(field) ? limits.blobBytes : LABEL_BYTES };
  }
  const longTexts = LONG_TEXTS.map((text) => blobs.findIndex((slot) => slot?.field === text)).filter((at) => at >= 0);
  // Array.from fills the positions that the kind leaves free, which map would skip.
  const layout = { blobs: Array.from(blobs), doubles: Array.from(doubles), longTexts };
  layouts.set(kind, layout);
  return layout;
}

/** Well formed: an unpaired surrogate has no UTF-8. Its replacement is as long as what the platform would write for it. */
function textOf(value: unknown, maxBytes: number): string {
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  return truncateBytes(text, maxBytes).toWellFormed();
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** A UTF-16 unit has at most three bytes of UTF-8: most points need no counting. */
const MAX_BYTES_PER_UNIT = 3;

/** Cuts long texts until all blobs together fit. Labels alone always do. */
function fitBytes(blobs: string[], longTexts: readonly number[]): void {
  if (blobs.reduce((sum, blob) => sum + blob.length, 0) * MAX_BYTES_PER_UNIT <= limits.blobBytes) return;
  let excess = blobs.reduce((sum, blob) => sum + byteLength(blob), 0) - limits.blobBytes;
  for (const at of longTexts) {
    if (excess <= 0) continue;
    const size = byteLength(blobs[at] ?? "");
    const cut = truncateBytes(blobs[at] ?? "", Math.max(0, size - excess));
    excess -= size - byteLength(cut);
    blobs[at] = cut;
  }
}

function indexOf(kind: Kind, values: Readonly<Record<string, unknown>>): string {
  const tail = `:${kind}:${classOf(kind, values)}`;
  return textOf(values["workerName"], limits.indexBytes - tail.length) + tail;
}

function classOf(kind: Kind, values: Readonly<Record<string, unknown>>): "ok" | "error" {
  if (kind === "error") return "error";
  const isBad =
    Number(textOf(values["statusCode"], LABEL_BYTES)) >= 400 ||
    (typeof values["outcome"] === "string" && !["", "ok"].includes(values["outcome"]));
  return isBad ? "error" : "ok";
}

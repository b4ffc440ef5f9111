import { limits } from "../limits.ts";
import { layouts, type Layout } from "../schema/layout.ts";
import type { Kind, PointFields } from "../schema/schema.ts";
import { SCHEMA_VERSION } from "../schema/version.ts";
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
  const layout = layouts[kind] ?? NO_FIELDS;
  const blobs = layout.blobs.map((field) => textOf(values[field], LONG_TEXTS.includes(field) ? limits.blobBytes : LABEL_BYTES));
  const doubles = layout.doubles.map((field) => numberOf(values[field]));
  blobs[layout.blobs.indexOf("kind")] = kind;
  blobs[layout.blobs.indexOf("schemaVersion")] = String(SCHEMA_VERSION);
  const weightAt = layout.doubles.indexOf("sampleWeight");
  doubles[weightAt] = Math.max(1, Math.round(doubles[weightAt] ?? 1));
  fitBytes(blobs, layout);
  return { indexes: [indexOf(kind, values)], blobs, doubles };
}

/** Well formed: an unpaired surrogate has no UTF-8. Its replacement is as long as what the platform would write for it. */
function textOf(value: unknown, maxBytes: number): string {
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  return truncateBytes(text, maxBytes).toWellFormed();
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

const NO_FIELDS: Layout = { blobs: [], doubles: [] };

/** A UTF-16 unit has at most three bytes of UTF-8: most points need no counting. */
const MAX_BYTES_PER_UNIT = 3;

/** Cuts long texts until all blobs together fit. Labels alone always do. */
function fitBytes(blobs: string[], layout: Layout): void {
  if (blobs.reduce((sum, blob) => sum + blob.length, 0) * MAX_BYTES_PER_UNIT <= limits.blobBytes) return;
  let excess = blobs.reduce((sum, blob) => sum + byteLength(blob), 0) - limits.blobBytes;
  for (const at of LONG_TEXTS.map((field) => layout.blobs.indexOf(field))) {
    if (excess <= 0 || at < 0) continue;
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

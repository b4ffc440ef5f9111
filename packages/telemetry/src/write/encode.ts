import { limits } from "../limits.ts";
import type { Kind, PointFields } from "../schema/schema.ts";
import { SCHEMA_VERSION } from "../schema/version.ts";
import { byteLength, truncateBytes } from "../text/bytes.ts";
import { positionsOf } from "./positions.ts";

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
 * @param identity what the fields do not say themselves; looked up beside them, since copying both into one object costs as much again
 * @param weight what the point stands for, where that is not for the fields to say
 */
export function encodePoint<K extends Kind>(
  kind: K,
  fields: PointFields<K>,
  identity: object = fields,
  weight?: number,
): DataPoint {
  const positions = positionsOf(kind);
  const valueOf = (field: string): unknown => Reflect.get(fields, field) ?? Reflect.get(identity, field);
  const blobs: string[] = [];
  for (const field of positions.blobs) {
    if (field === "kind") blobs.push(kind);
    else if (field === "schemaVersion") blobs.push(String(SCHEMA_VERSION));
    else blobs.push(textOf(valueOf(field), LONG_TEXTS.includes(field) ? limits.blobBytes : LABEL_BYTES));
  }
  const doubles: number[] = [];
  for (const field of positions.doubles) {
    if (field === "sampleWeight") doubles.push(Math.max(1, Math.round(weight ?? numberOf(valueOf(field)))));
    else doubles.push(numberOf(valueOf(field)));
  }
  fitBytes(blobs, positions.blobs);
  return { indexes: [indexOf(kind, valueOf)], blobs, doubles };
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
function fitBytes(blobs: string[], fields: readonly string[]): void {
  let units = 0;
  for (const blob of blobs) units += blob.length;
  if (units * MAX_BYTES_PER_UNIT <= limits.blobBytes) return;
  let excess = blobs.reduce((sum, blob) => sum + byteLength(blob), 0) - limits.blobBytes;
  for (const at of LONG_TEXTS.map((field) => fields.indexOf(field))) {
    if (excess <= 0 || at < 0) continue;
    const size = byteLength(blobs[at] ?? "");
    const cut = truncateBytes(blobs[at] ?? "", Math.max(0, size - excess));
    excess -= size - byteLength(cut);
    blobs[at] = cut;
  }
}

function indexOf(kind: Kind, valueOf: (field: string) => unknown): string {
  const tail = `:${kind}:${classOf(kind, valueOf("statusCode"), valueOf("outcome"))}`;
  return textOf(valueOf("workerName"), limits.indexBytes - tail.length) + tail;
}

function classOf(kind: Kind, statusCode: unknown, outcome: unknown): "ok" | "error" {
  if (kind === "error" || Number(textOf(statusCode, LABEL_BYTES)) >= 400) return "error";
  return typeof outcome !== "string" || outcome === "" || outcome === "ok" ? "ok" : "error";
}

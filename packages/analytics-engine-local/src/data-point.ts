// Node-free: this module also runs inside a Worker.

/** What a Worker hands to `writeDataPoint`. */
export interface DataPoint {
  readonly indexes?: readonly (string | ArrayBuffer | null)[];
  readonly blobs?: readonly (string | ArrayBuffer | null)[];
  readonly doubles?: readonly number[];
}

/** A checked point with every byte buffer read as UTF-8 text: safe to send as JSON. */
export interface PlainDataPoint {
  indexes: (string | null)[];
  blobs: (string | null)[];
  doubles: number[];
}

/**
 * Limits of Workers Analytics Engine.
 * Source: developers.cloudflare.com/analytics/analytics-engine/limits (2026-01).
 */
export const limits: {
  readonly indexesPerPoint: 1;
  readonly indexSizeBytes: 96;
  readonly blobsPerPoint: 20;
  readonly blobsSizeBytes: 16384;
  readonly doublesPerPoint: 20;
  readonly pointsPerInvocation: 250;
} = {
  indexesPerPoint: 1,
  indexSizeBytes: 96,
  blobsPerPoint: 20,
  blobsSizeBytes: 16384,
  doublesPerPoint: 20,
  pointsPerInvocation: 250,
};

export type PointCheck = { readonly ok: true } | { readonly ok: false; readonly error: TypeError };

/**
 * Whether the runtime would take this point, and the error it would throw if not.
 * Sizes are UTF-8 bytes. Nothing is written.
 */
export function checkDataPoint(point: unknown): PointCheck {
  const why = whyRefused(point);
  return why === undefined ? { ok: true } : { ok: false, error: new TypeError(`writeDataPoint(): ${why}`) };
}

/** The point as plain JSON-able values; call `checkDataPoint` first. A copy, so later changes by the caller do not matter. */
export function plainDataPoint(point: DataPoint | undefined): PlainDataPoint {
  return {
    indexes: (point?.indexes ?? []).map(asText),
    blobs: (point?.blobs ?? []).map(asText),
    doubles: [...(point?.doubles ?? [])],
  };
}

function whyRefused(point: unknown): string | undefined {
  if (point === undefined || point === null) return undefined;
  if (typeof point !== "object" || Array.isArray(point))
    return `the point is ${nameOf(point)}; pass an object {indexes, blobs, doubles}`;
  return (
    whyTextsRefused(Reflect.get(point, "indexes"), "indexes", limits.indexesPerPoint) ??
    whyTextsRefused(Reflect.get(point, "blobs"), "blobs", limits.blobsPerPoint) ??
    whyDoublesRefused(Reflect.get(point, "doubles"))
  );
}

function whyTextsRefused(list: unknown, name: "indexes" | "blobs", maxItems: number): string | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return `${name} is ${nameOf(list)}; pass an array`;
  if (list.length > maxItems) return `${list.length} ${name} given, at most ${maxItems} supported`;
  let total = 0;
  for (const [i, item] of (list as readonly unknown[]).entries()) {
    if (item === null || item === undefined) continue;
    if (typeof item !== "string" && !(item instanceof ArrayBuffer))
      return `${name}[${i}] is ${nameOf(item)}; pass a string, an ArrayBuffer or null`;
    const size = sizeBytes(item);
    if (name === "indexes" && size > limits.indexSizeBytes)
      return `indexes[${i}] has ${size} bytes, at most ${limits.indexSizeBytes} supported`;
    total += size;
  }
  if (name === "blobs" && total > limits.blobsSizeBytes)
    return `the blobs have ${total} bytes together, at most ${limits.blobsSizeBytes} supported`;
  return undefined;
}

function whyDoublesRefused(list: unknown): string | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return `doubles is ${nameOf(list)}; pass an array`;
  if (list.length > limits.doublesPerPoint) return `${list.length} doubles given, at most ${limits.doublesPerPoint} supported`;
  const wrong = (list as readonly unknown[]).findIndex((item) => typeof item !== "number");
  return wrong < 0 ? undefined : `doubles[${wrong}] is ${nameOf(list[wrong])}; pass a number`;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function sizeBytes(item: string | ArrayBuffer): number {
  if (typeof item !== "string") return item.byteLength;
  return isAscii(item) ? item.length : encoder.encode(item).length;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function asText(item: string | ArrayBuffer | null | undefined): string | null {
  if (item === null || item === undefined) return null;
  return typeof item === "string" ? item : decoder.decode(item);
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}

import { limits } from "../limits.ts";
import { remembered } from "../runtime/remember.ts";
import type { Kind, PointFields } from "../schema/schema.ts";
import { propertyOf } from "../settings/property.ts";
import { encodePoint } from "./encode.ts";
import type { DataPoint } from "./encode.ts";
import { createFloodLimit, FLOOD_POINTS_PER_SECOND, floodWeight, type FloodLimit } from "./flood.ts";

/** The part of an Analytics Engine binding that is used. The local stand-in answers with a promise, production with nothing. */
export interface Dataset {
  writeDataPoint(point: DataPoint): unknown;
}

export interface WriterOptions {
  /** Absent where the binding is missing: points are then counted as dropped. */
  readonly dataset: Dataset | undefined;
  /** What every point says: worker, version, environment, team. */
  readonly identity: WriterIdentity;
  /** Keeps a promise alive past the response: `ctx.waitUntil`. Needed only where the binding answers with a promise. */
  readonly keepAlive?: ((work: Promise<unknown>) => void) | undefined;
  /** Thins a flood of error points. @default one limit for the worker's isolate */
  readonly flood?: FloodLimit;
}

/** Fields that every point of a worker carries. */
export interface WriterIdentity {
  readonly workerName: string;
  readonly version: string;
  readonly environment: string;
  readonly team: string;
}

export type DropReason = "no-binding" | "invocation-limit" | "rejected";

/** Writes points of one invocation. */
export interface Writer {
  /** Writes a point. Never throws; what cannot be written is counted. */
  write<K extends Kind>(kind: K, fields: PointFields<K>): void;
  /** Points dropped so far, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** Points kept free for errors: they are written last, when something went wrong, and matter most. */
const RESERVED_FOR_ERRORS = 25;

/** Kinds of which one invocation may have any number. Whoever reads them weighs each point, so they are thinned before they are lost. */
const MANY: readonly Kind[] = ["custom", "external", "invocation"];
/** Points of an invocation, of all kinds, after which those are thinned ten times more with every few: 225 stand for a million. */
const THINNED_AFTER = 135;
const POINTS_OF_A_WEIGHT = 15;

/**
 * A writer for one invocation, within the 250 points that Analytics Engine takes from it. No failure of the binding reaches the caller:
 * not a throw, not a rejection, not a promise that never ends.
 */
export function createWriter(options: WriterOptions): Writer {
  const dropped: Record<DropReason, number> = { "no-binding": 0, "invocation-limit": 0, rejected: 0 };
  let written = 0;
  let errors = 0;

  /** How many events a point stands for; undefined where a flood leaves it out. */
  function weightOf(kind: Kind, own = 1): number | undefined {
    if (kind === "error") {
      // An invocation of minutes has its 250 points all the same.
      const least = floodWeight(errors, FLOOD_POINTS_PER_SECOND);
      const weight = (options.flood ?? isolateFlood(options.identity.workerName)).next(least);
      if (weight === undefined) return undefined;
      errors += 1;
      return own * weight;
    }
    if (!MANY.includes(kind)) return own;
    const weight = floodWeight(Math.max(0, written - THINNED_AFTER), POINTS_OF_A_WEIGHT);
    return Math.random() * weight < 1 ? own * weight : undefined;
  }

  return {
    dropped,
    write(kind, fields) {
      const room =
        kind === "error" || kind === "request" ? limits.pointsPerInvocation : limits.pointsPerInvocation - RESERVED_FOR_ERRORS;
      if (!options.dataset) dropped["no-binding"] += 1;
      else if (written >= room) dropped["invocation-limit"] += 1;
      else {
        try {
          const sampleWeight = weightOf(kind, fields.sampleWeight);
          if (sampleWeight === undefined) return;
          written += 1;
          const result = options.dataset.writeDataPoint(encodePoint(kind, fields, options.identity, sampleWeight));
          if (isThenable(result)) keep(result, options.keepAlive, () => (dropped.rejected += 1));
        } catch {
          dropped.rejected += 1;
        }
      }
    },
  };
}

const floods = new Map<string, FloodLimit>();

function isolateFlood(workerName: string): FloodLimit {
  return remembered(floods, workerName, () => createFloodLimit(Date.now, Math.random));
}

/** A data set binding by its shape; undefined where the value is none. */
export function datasetOf(value: unknown): Dataset | undefined {
  return isDataset(value) ? value : undefined;
}

function isDataset(value: unknown): value is Dataset {
  return typeof propertyOf(value, "writeDataPoint") === "function";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof propertyOf(value, "then") === "function";
}

function keep(result: PromiseLike<unknown>, keepAlive: WriterOptions["keepAlive"], onRejected: () => void): void {
  const settled = Promise.resolve(result).then(() => undefined, onRejected);
  keepAlive?.(settled);
}

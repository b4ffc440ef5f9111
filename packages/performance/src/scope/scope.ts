import { keepAliveOf, type KeepAlive, type PointFields, type Sampler, type Writer } from "@monotask/telemetry";
import { CallMeter } from "../call-meter.ts";
import type { Frame } from "./frame.ts";

/** Where an invocation writes to, and how it samples. */
export interface ScopeHost {
  readonly sampler: Sampler;
  readonly nowMs: () => number;
  openWriter(keepAlive: KeepAlive | undefined): Writer;
}

/**
 * What is known of one invocation while it runs: a request, a batch, a run of a cron. Bindings count into it, frameworks name its
 * route, and at its end it becomes one data point. Numbers stand as plain fields: most invocations are never written.
 */
export class Scope implements Frame {
  readonly scope: Scope = this;
  readonly mutes = undefined;
  readonly host: ScopeHost;
  readonly startedMs: number;
  /** The request, the batch, the controller; and the context of the invocation. */
  readonly subject: unknown;
  readonly ctx: unknown;

  /** Id of the request, once somebody has asked for it. */
  requestId: string | undefined = undefined;
  /** Route pattern that a framework matched. */
  endpoint: string | undefined = undefined;
  /** What a framework caught and turned into an answer. */
  caught: { readonly error: unknown } | undefined = undefined;
  isCritical = false;
  /** True once its point has been decided. */
  isRecorded = false;

  database: CallMeter | undefined = undefined;
  external: CallMeter | undefined = undefined;
  dbRowsRead = 0;
  dbRowsWritten = 0;
  kvReads = 0;
  kvHits = 0;
  kvWrites = 0;
  r2ClassA = 0;
  r2ClassB = 0;
  queueSends = 0;

  readonly #keepAlive: KeepAlive | undefined;
  #writer: Writer | undefined = undefined;

  /** @param keepAlive by default the context's `waitUntil` */
  constructor(host: ScopeHost, subject: unknown, ctx: unknown, keepAlive?: KeepAlive) {
    this.host = host;
    this.subject = subject;
    this.ctx = ctx;
    this.#keepAlive = keepAlive;
    this.startedMs = host.nowMs();
  }

  /** The invocation's writer, opened when something is written. */
  get writer(): Writer {
    return (this.#writer ??= this.host.openWriter(this.keepAlive));
  }

  get keepAlive(): KeepAlive | undefined {
    return this.#keepAlive ?? keepAliveOf(this.ctx);
  }

  databaseMeter(): CallMeter {
    return (this.database ??= new CallMeter(this.host.nowMs));
  }

  externalMeter(): CallMeter {
    return (this.external ??= new CallMeter(this.host.nowMs));
  }

  /** What the invocation used, as fields of its point. */
  resources(): PointFields<"request"> & PointFields<"job"> {
    const { database, external } = this;
    return {
      dbQueryTimeMs: database?.unionMs() ?? 0,
      dbQueryTimeSumMs: database?.sumMs() ?? 0,
      dbQueryCount: database?.count ?? 0,
      dbErrorCount: database?.failedCount ?? 0,
      dbSlowCount: database?.slowCount ?? 0,
      dbVerySlowCount: database?.verySlowCount ?? 0,
      dbRowsRead: this.dbRowsRead,
      dbRowsWritten: this.dbRowsWritten,
      externalApiTimeMs: external?.unionMs() ?? 0,
      externalApiTimeSumMs: external?.sumMs() ?? 0,
      externalCallCount: external?.count ?? 0,
      kvReads: this.kvReads,
      kvHits: this.kvHits,
      kvWrites: this.kvWrites,
      r2ClassA: this.r2ClassA,
      r2ClassB: this.r2ClassB,
      queueSends: this.queueSends,
    };
  }
}

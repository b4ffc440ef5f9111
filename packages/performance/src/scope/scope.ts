import { keepAliveOf, type KeepAlive, type Sampler, type Writer } from "@monotask/telemetry";
import type { TraceContext } from "../trace/traceparent.ts";
import { Usage } from "./usage.ts";

/** Where an invocation writes to, and how it samples. */
export interface ScopeHost {
  /** For requests and jobs. */
  readonly sampler: Sampler;
  /** For calls to other services, of which a request makes any number: they must not use up what is kept of requests. */
  readonly callSampler: Sampler;
  readonly nowMs: () => number;
  openWriter(keepAlive: KeepAlive | undefined): Writer;
}

/**
 * What is known of one invocation while it runs: a request, a batch, a run of a cron. Bindings count into it, frameworks name its
 * route, and at its end it becomes one data point. Most invocations are never written: what not all of them need is made when it is
 * asked for.
 */
export class Scope {
  /** Its own frame, as asynchronous code finds it. */
  readonly scope: Scope = this;
  readonly mutes = undefined;
  readonly host: ScopeHost;
  readonly startedMs: number;
  /** The request, the batch, the controller; and the context of the invocation. */
  readonly subject: unknown;
  readonly ctx: unknown;

  /** Id of the request, once somebody has asked for it. */
  requestId: string | undefined = undefined;
  /** Trace of the request, once somebody has asked for it. */
  trace: TraceContext | "none" | undefined = undefined;
  /** Route pattern that a framework matched. */
  endpoint: string | undefined = undefined;
  /** What a framework caught and turned into an answer. */
  caught: { readonly error: unknown } | undefined = undefined;
  isCritical = false;
  /** True once its point has been decided. */
  isRecorded = false;

  readonly #keepAlive: KeepAlive | undefined;
  #writer: Writer | undefined = undefined;
  #usage: Usage | undefined = undefined;

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

  /** What it has used so far. */
  get usage(): Usage {
    return (this.#usage ??= new Usage(this.host.nowMs));
  }
}

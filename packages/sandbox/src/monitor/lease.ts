import { propertyOf, type PointFields, type Writer } from "@monotask/telemetry";
import { exitOf } from "../model/exit.ts";
import type { PoolLimits } from "../model/pool.ts";
import type { Cause, ExitReason } from "../model/sandbox.ts";
import type { ReportAnswer } from "../registry/api.ts";
import type { Report } from "../registry/event.ts";
import type { SandboxDriver } from "./driver.ts";
import { inTime, TimeLimitError } from "./in-time.ts";

/** How a piece of work in a sandbox ended. */
export type ExecOutcome<R> =
  | { readonly kind: "ok"; readonly value: R; readonly execMs: number }
  | { readonly kind: "failed"; readonly error: unknown; readonly exitReason: ExitReason; readonly execMs: number }
  | { readonly kind: "timeout"; readonly error: Error; readonly execMs: number }
  /** The registry has taken the sandbox away meanwhile. */
  | { readonly kind: "taken-away"; readonly cause: Cause | null; readonly error: Error; readonly execMs: number };

/** A sandbox that one caller has. Give it back with `destroy`. */
export interface SandboxLease<S> {
  readonly id: string;
  readonly sandbox: S;
  readonly provisionMs: number;
  /**
   * Runs work in the sandbox within the time limit. `beat` says that it is alive: call it whenever something comes out of it. Never
   * rejects.
   */
  exec<R>(work: (sandbox: S, signal: AbortSignal, beat: () => void) => Promise<R>): Promise<ExecOutcome<R>>;
  /** Destroys the sandbox within the time limit and gives its place back. One that does not go is tried again by order. Never rejects. */
  destroy(exitReason?: ExitReason): Promise<void>;
}

export interface LeaseParts<S> {
  readonly id: string;
  readonly sandbox: S;
  readonly provisionMs: number;
  readonly acquiredMs: number;
  readonly driver: SandboxDriver<S>;
  readonly limits: PoolLimits;
  readonly writer: Writer;
  readonly named: PointFields<"sandbox">;
  readonly nowMs: () => number;
  /** Tells the registry. Undefined where it could not be told: its time limits will see to it. */
  readonly report: (report: Report) => Promise<ReportAnswer | undefined>;
}

/** Signs of life that come closer together than this are one. */
const BEAT_EVERY_MS = 5_000;

export function createLease<S>(parts: LeaseParts<S>): SandboxLease<S> {
  const { id, sandbox, provisionMs, acquiredMs, driver, limits, writer, named, nowMs, report } = parts;
  let lastExit: ExitReason = "finished";
  let readySinceMs = nowMs();
  let idleMs = 0;
  let isDestroyed = false;
  /** Pieces of work that have not ended. */
  let running = 0;

  async function run<R>(work: (sandbox: S, signal: AbortSignal, beat: () => void) => Promise<R>): Promise<ExecOutcome<R>> {
    const startedMs = nowMs();
    idleMs += startedMs - readySinceMs;
    const takenAway = new AbortController();
    let cause: Cause | null = null;
    const heed = (answer: ReportAnswer | undefined): void => {
      if (answer === undefined || answer.isAlive) return;
      cause = answer.cause;
      takenAway.abort(new Error(`sandbox ${id} was taken away${answer.cause === null ? "" : `: ${answer.cause}`}`));
    };
    heed(await report({ kind: "exec-started", id }));
    let beatenMs = startedMs;
    const beat = (): void => {
      if (nowMs() - beatenMs < BEAT_EVERY_MS) return;
      beatenMs = nowMs();
      void report({ kind: "heartbeat", id }).then(heed);
    };
    try {
      const value = await inTime(
        `work in sandbox ${id}`,
        limits.execTimeoutMs,
        (signal) => work(sandbox, signal, beat),
        takenAway.signal,
      );
      return { kind: "ok", value, execMs: nowMs() - startedMs };
    } catch (error) {
      const execMs = nowMs() - startedMs;
      if (takenAway.signal.aborted) return { kind: "taken-away", cause, error: errorOf(error), execMs };
      if (error instanceof TimeLimitError) return { kind: "timeout", error, execMs };
      return { kind: "failed", error, exitReason: exitOf(error, true).reason, execMs };
    } finally {
      readySinceMs = nowMs();
    }
  }

  return {
    id,
    sandbox,
    provisionMs,
    async exec(work) {
      running += 1;
      const outcome = await run(work);
      running -= 1;
      const point = execPoint(outcome);
      lastExit = point.exitReason;
      writer.write("sandbox", {
        ...named,
        sandboxId: id,
        event: "executed",
        ...point,
        durationMs: outcome.execMs,
        execMs: outcome.execMs,
      });
      // What did not end in time may still run.
      const hasEnded = outcome.kind === "ok" || outcome.kind === "failed";
      if (hasEnded && running === 0) await report({ kind: "exec-ended", id });
      return outcome;
    },
    async destroy(exitReason = lastExit) {
      if (isDestroyed) return;
      isDestroyed = true;
      const startedMs = nowMs();
      const failure = await inTime(`destroying sandbox ${id}`, limits.destroyTimeoutMs, () => driver.destroy(id)).then(
        () => undefined,
        (error: unknown) => errorOf(error),
      );
      writer.write("sandbox", {
        ...named,
        sandboxId: id,
        event: "destroyed",
        outcome: failure === undefined ? "ok" : failure instanceof TimeLimitError ? "timeout" : "failed",
        exitReason,
        durationMs: nowMs() - startedMs,
        idleMs: idleMs + Math.max(0, startedMs - readySinceMs),
        lifetimeMs: nowMs() - acquiredMs,
      });
      if (failure === undefined) await report({ kind: "destroyed", id, exitReason });
      else await report({ kind: "destroy-failed", id, message: failure.message });
    },
  };
}

interface ExecPoint {
  readonly outcome: "ok" | "failed" | "timeout";
  readonly exitReason: ExitReason;
  readonly exitCode?: number;
  readonly cpuMs?: number;
  readonly memoryBytes?: number;
}

function execPoint(outcome: ExecOutcome<unknown>): ExecPoint {
  switch (outcome.kind) {
    case "ok": {
      // A command that answers with an exit code has failed all the same.
      const exit = exitOf(outcome.value, false);
      return {
        outcome: exit.reason === "finished" ? "ok" : "failed",
        exitReason: exit.reason,
        ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
        ...resourcesOf(outcome.value),
      };
    }
    case "failed": {
      const exit = exitOf(outcome.error, true);
      return { outcome: "failed", exitReason: exit.reason, ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }) };
    }
    case "timeout":
      return { outcome: "timeout", exitReason: "timeout" };
    case "taken-away":
      return { outcome: outcome.cause === "killed" ? "failed" : "timeout", exitReason: "destroyed" };
  }
}

/** CPU time and memory, where a platform's result carries them. */
function resourcesOf(value: unknown): Pick<ExecPoint, "cpuMs" | "memoryBytes"> {
  const cpuMs = propertyOf(value, "cpuMs");
  const memoryBytes = propertyOf(value, "memoryBytes");
  return {
    ...(typeof cpuMs === "number" ? { cpuMs } : {}),
    ...(typeof memoryBytes === "number" ? { memoryBytes } : {}),
  };
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error("a failure that is no error");
}

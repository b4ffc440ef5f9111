import type { PoolLimits } from "../model/pool.ts";
import type { Cause, ExitReason, Sandbox } from "../model/sandbox.ts";
import { deadlineOf, destroyRetryMs, limitsIn, REMEMBERED_MS, waiterDeadlineMs } from "./deadlines.ts";
import type { Ask, RegistryEvent, Report } from "./event.ts";
import { planOf } from "./reconcile.ts";
import {
  activeCount,
  draftOf,
  putSandbox,
  removeWaiter,
  waitingCount,
  type Changes,
  type Draft,
  type Effect,
  type RegistryState,
} from "./state.ts";

/** What a step gives: the new state, what of it changed, and what is to be done once it is stored. */
export interface Step {
  readonly state: RegistryState;
  readonly changes: Changes;
  readonly effects: readonly Effect[];
}

/** Attempts after which a person is told that a sandbox cannot be destroyed. It is tried further all the same. */
const TELL_AFTER_ATTEMPTS = 5;
/** When a refused caller may ask again. */
const RETRY_AFTER_MS = 5_000;
/** Longest wait in a line: longer than any invocation lives. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** One step of the registry: every event first sees what has fallen due before it. */
export function step(state: RegistryState, event: RegistryEvent, nowMs: number): Step {
  const draft = draftOf(state, nowMs);
  passDeadlines(draft);
  switch (event.kind) {
    case "ask":
      ask(draft, event.ask);
      break;
    case "leave":
      if (draft.waiters.has(event.id)) removeWaiter(draft, event.id);
      break;
    case "report":
      report(draft, event.report);
      break;
    case "reconcile":
      reconcile(draft, event.sighting);
      break;
    case "kill":
      for (const id of event.ids) condemnById(draft, id, "killed");
      break;
    case "forget":
      for (const id of event.ids) endById(draft, id, "forgotten");
      break;
    case "tick":
      break;
  }
  giveOrders(draft);
  grantPlaces(draft);
  const { pools, sandboxes, waiters, ended, nextSeq, effects, changed } = draft;
  return { state: { pools, sandboxes, waiters, ended, nextSeq }, effects, changes: changed };
}

function ask(draft: Draft, { id, pool, owner, workerName, limits, waitMs: askedMs }: Ask): void {
  const { nowMs } = draft;
  // A wait without end, or none that is a number, could not be stored.
  const waitMs = askedMs > 0 ? Math.min(askedMs, LONGEST_WAIT_MS) : 0;
  setLimits(draft, pool, limits);
  // The answer to an earlier ask was lost.
  if (draft.sandboxes.has(id)) {
    draft.effects.push({ kind: "granted", id, waitMs: 0 });
    return;
  }
  const known = draft.waiters.get(id);
  if (known === undefined && (waitMs <= 0 || waitingCount(draft, pool) >= limits.maxWaiting)) {
    const active = activeCount(draft, pool);
    const waiting = waitingCount(draft, pool);
    if (active < limits.capacity && waiting === 0) {
      takePlace(draft, { id, pool, owner, workerName }, nowMs);
      return;
    }
    const code = waitMs <= 0 ? "at-capacity" : "line-full";
    const message =
      code === "at-capacity"
        ? `pool ${pool} is full: ${active} of ${limits.capacity} sandboxes are active and ${waiting} callers wait`
        : `pool ${pool} has ${waiting} callers in its line, as many as may wait`;
    draft.effects.push({ kind: "refused", id, refusal: { code, message, retryAfterMs: RETRY_AFTER_MS } });
    return;
  }
  draft.waiters.set(id, {
    id,
    pool,
    owner,
    workerName,
    seq: known?.seq ?? draft.nextSeq++,
    askedAtMs: known?.askedAtMs ?? nowMs,
    untilMs: known?.untilMs ?? nowMs + waitMs,
    seenAtMs: nowMs,
  });
  draft.changed.waiters.add(id);
}

function setLimits(draft: Draft, pool: string, limits: PoolLimits): void {
  if (JSON.stringify(draft.pools.get(pool)) === JSON.stringify(limits)) return;
  draft.pools.set(pool, limits);
  draft.changed.pools.add(pool);
}

function report(draft: Draft, said: Report): void {
  const sandbox = draft.sandboxes.get(said.id);
  if (sandbox === undefined) return;
  const { nowMs } = draft;
  const isLeaving = sandbox.status === "stuck" || sandbox.status === "destroying";
  switch (said.kind) {
    case "provisioned":
      if (sandbox.status === "provisioning") move(draft, sandbox, "ready");
      return;
    case "exec-started":
      if (sandbox.status === "ready" || sandbox.status === "busy") move(draft, sandbox, "busy");
      return;
    case "exec-ended":
      if (sandbox.status === "busy") move(draft, sandbox, "ready");
      return;
    case "heartbeat":
      if (!isLeaving) putSandbox(draft, { ...sandbox, heartbeatAtMs: nowMs });
      return;
    case "provision-failed":
      if (!isLeaving) condemn(draft, sandbox, "provision-failed", said.message);
      return;
    case "destroyed":
      end(draft, sandbox, said.exitReason);
      return;
    case "destroy-failed": {
      // The caller's own attempt counts as the first one.
      const attempts = Math.max(1, sandbox.destroyAttempts);
      const nextDestroyAtMs = nowMs + destroyRetryMs(attempts, limitsIn(draft, sandbox.pool));
      const status = isLeaving ? sandbox.status : "destroying";
      putSandbox(draft, {
        ...sandbox,
        status,
        statusSinceMs: isLeaving ? sandbox.statusSinceMs : nowMs,
        cause: sandbox.cause ?? "destroy-failed",
        destroyAttempts: attempts,
        nextDestroyAtMs,
        lastFailure: said.message,
      });
      return;
    }
  }
}

function move(draft: Draft, sandbox: Sandbox, status: "ready" | "busy"): void {
  putSandbox(draft, { ...sandbox, status, statusSinceMs: draft.nowMs, heartbeatAtMs: draft.nowMs });
}

/** Puts a sandbox on its way out: ordered at once. What is merely idle or unwanted is not stuck. */
function condemn(draft: Draft, sandbox: Sandbox, cause: Cause, failure: string | null = null): void {
  const isStuck = cause !== "idle" && cause !== "killed" && cause !== "provision-failed";
  const condemned: Sandbox = {
    ...sandbox,
    status: isStuck ? "stuck" : "destroying",
    statusSinceMs: draft.nowMs,
    cause,
    nextDestroyAtMs: draft.nowMs,
    lastFailure: failure,
  };
  putSandbox(draft, condemned);
  if (isStuck) draft.effects.push({ kind: "stuck", sandbox: condemned });
}

function condemnById(draft: Draft, id: string, cause: Cause): void {
  const sandbox = draft.sandboxes.get(id);
  if (sandbox === undefined) return;
  // One that is on its way out already is tried again at once.
  if (sandbox.nextDestroyAtMs === null) condemn(draft, sandbox, cause);
  else putSandbox(draft, { ...sandbox, nextDestroyAtMs: draft.nowMs });
}

function endById(draft: Draft, id: string, exitReason: ExitReason): void {
  const sandbox = draft.sandboxes.get(id);
  if (sandbox) end(draft, sandbox, exitReason);
}

function end(draft: Draft, sandbox: Sandbox, exitReason: ExitReason): void {
  const { id, pool, owner, cause, acquiredAtMs } = sandbox;
  draft.sandboxes.delete(id);
  draft.changed.sandboxes.add(id);
  draft.ended.set(id, draft.nowMs);
  draft.changed.ended.add(id);
  const ended = { id, pool, owner, exitReason, cause, acquiredAtMs, endedAtMs: draft.nowMs };
  draft.effects.push({ kind: "ended", sandbox, ended });
}

function reconcile(draft: Draft, sighting: Parameters<typeof planOf>[1]): void {
  if (sighting.limits !== undefined) setLimits(draft, sighting.pool, sighting.limits);
  const plan = planOf(draft, sighting, draft.nowMs);
  for (const id of plan.started) {
    const sandbox = draft.sandboxes.get(id);
    if (sandbox) move(draft, sandbox, "ready");
  }
  for (const id of plan.ghosts) endById(draft, id, "vanished");
  for (const id of plan.orphans) {
    condemn(draft, newSandbox({ id, pool: sighting.pool, owner: "", workerName: "" }, draft.nowMs), "orphan");
  }
}

function passDeadlines(draft: Draft): void {
  for (const sandbox of [...draft.sandboxes.values()]) {
    const deadline = deadlineOf(sandbox, limitsIn(draft, sandbox.pool));
    if (deadline && deadline.atMs <= draft.nowMs) condemn(draft, sandbox, deadline.cause);
  }
  for (const waiter of [...draft.waiters.values()]) {
    if (waiterDeadlineMs(waiter) > draft.nowMs) continue;
    removeWaiter(draft, waiter.id);
    const waitedMs = draft.nowMs - waiter.askedAtMs;
    const active = activeCount(draft, waiter.pool);
    const message = `no place in pool ${waiter.pool} within ${waitedMs} ms: ${active} sandboxes are active`;
    const refusal = { code: "wait-timeout", message, retryAfterMs: RETRY_AFTER_MS } as const;
    draft.effects.push({ kind: "refused", id: waiter.id, refusal });
  }
  for (const [id, endedAtMs] of draft.ended) {
    if (endedAtMs + REMEMBERED_MS > draft.nowMs) break;
    draft.ended.delete(id);
    draft.changed.ended.add(id);
  }
}

/** Orders every destruction that is due, and sets the next attempt before anybody has begun this one: an order may get lost. */
function giveOrders(draft: Draft): void {
  for (const sandbox of [...draft.sandboxes.values()]) {
    if (sandbox.nextDestroyAtMs === null || sandbox.nextDestroyAtMs > draft.nowMs) continue;
    const attempt = sandbox.destroyAttempts + 1;
    const nextDestroyAtMs = draft.nowMs + destroyRetryMs(attempt, limitsIn(draft, sandbox.pool));
    const ordered: Sandbox = { ...sandbox, destroyAttempts: attempt, nextDestroyAtMs };
    putSandbox(draft, ordered);
    draft.effects.push({ kind: "destroy", id: sandbox.id, pool: sandbox.pool, attempt });
    if (attempt === TELL_AFTER_ATTEMPTS) draft.effects.push({ kind: "undestroyable", sandbox: ordered });
  }
}

/** Gives free places to those who wait, first come first served in each pool. */
function grantPlaces(draft: Draft): void {
  const free = new Map<string, number>();
  for (const waiter of [...draft.waiters.values()]) {
    const { pool } = waiter;
    const left = free.get(pool) ?? limitsIn(draft, pool).capacity - activeCount(draft, pool);
    free.set(pool, left - 1);
    if (left <= 0) continue;
    removeWaiter(draft, waiter.id);
    takePlace(draft, waiter, waiter.askedAtMs);
  }
}

function takePlace(draft: Draft, who: NewSandbox, askedAtMs: number): void {
  putSandbox(draft, newSandbox(who, draft.nowMs));
  draft.effects.push({ kind: "granted", id: who.id, waitMs: draft.nowMs - askedAtMs });
}

type NewSandbox = Pick<Sandbox, "id" | "pool" | "owner" | "workerName">;

function newSandbox({ id, pool, owner, workerName }: NewSandbox, nowMs: number): Sandbox {
  return {
    id,
    pool,
    owner,
    workerName,
    status: "provisioning",
    acquiredAtMs: nowMs,
    statusSinceMs: nowMs,
    heartbeatAtMs: nowMs,
    cause: null,
    destroyAttempts: 0,
    nextDestroyAtMs: null,
    lastFailure: null,
  };
}

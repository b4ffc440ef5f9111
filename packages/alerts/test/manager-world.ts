import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import type { AlertManager } from "../src/durable-object/alert-manager.ts";
import type { AlertSignal, RaiseBatch } from "../src/index.ts";
import { signal, type SignalFields } from "./signals.ts";
import { emailService, sentMails } from "./worker.ts";

/** A request that a channel made. */
export interface Sent {
  peer: string;
  body: { text?: string; event_action?: string; dedup_key?: string; routing_key?: string };
}

type Answer = () => Response | Promise<Response>;

/** Secrets of the test worker. */
export const CANARIES = ["canary-7f3a", "c0ffee00c0ffee00c0ffee00c0ffee00"];

/** Requests of the channels, in the order they were made. */
export let sent: Sent[] = [];
/** What was logged. */
export let lines: string[] = [];
/** What each peer answers. */
export let answers: Record<string, Answer> = {};
let managers = 0;

beforeEach(() => {
  sent = [];
  lines = [];
  sentMails.length = 0;
  emailService.meets = async () => undefined;
  answers = {
    "slack.test": () => new Response("ok"),
    "pagerduty.test": () => Response.json({ status: "success" }, { status: 202 }),
  };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const peer = new URL(input instanceof Request ? input.url : input).hostname;
    sent.push({ peer, body: JSON.parse(typeof init?.body === "string" ? init.body : "{}") as Sent["body"] });
    const answer = answers[peer];
    if (answer === undefined) throw new Error(`nobody listens at ${peer}`);
    return answer();
  });
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A manager of its own for each test: storage is shared within a file. */
export function newManager(): DurableObjectStub<AlertManager> {
  managers += 1;
  return namespace().getByName(`test-${managers}`);
}

export function namespace(): DurableObjectNamespace<AlertManager> {
  return (env as unknown as { ALERT_MANAGER: DurableObjectNamespace<AlertManager> }).ALERT_MANAGER;
}

export function batchOf(id: string, ...signals: AlertSignal[]): RaiseBatch {
  return { id, source: "evaluator", signals };
}

export function alertOf(name: string, fields: SignalFields = {}): AlertSignal {
  return signal(name, fields, { startsAt: Date.now() * 100 });
}

export function sentTo(peer: string): Sent[] {
  return sent.filter((request) => request.peer === peer);
}

/** Resolves once nothing waits to be delivered any more and at least `count` messages have been. */
export async function settled(manager: DurableObjectStub<AlertManager>, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const records = await manager.notifications();
      expect(records.filter(({ status }) => status === "delivered").length).toBeGreaterThanOrEqual(count);
      expect(await manager.backlog()).toEqual({ pending: 0 });
    },
    { timeout: 10_000, interval: 20 },
  );
}

import { evictDurableObject, reset } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { AlertSignal, AlertView, RaiseBatch } from "@monotask/alerts";
import { createLogger, systemClock, type QueryResult, type Row } from "@monotask/telemetry";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { configOf, SHIPPED_RULES } from "./rules-file.ts";
import { runRules } from "./rules-step.ts";

beforeEach(() => reset());

const MINUTE_MS = 60_000;
const START = 29_000_000;
const { rules } = configOf(SHIPPED_RULES);
const logger = createLogger({ workerName: "test", level: "error", clock: systemClock, write: () => undefined });

/** The rules of one minute after the other, on a query that answers and an AlertManager that remembers. */
function ticks(errorsAt: (minute: number) => number | "failed") {
  const batches: RaiseBatch[] = [];
  const open = new Map<string, AlertView>();
  let queries = 0;
  const alerts = {
    page: async () => ({ alerts: [...open.values()], total: open.size }),
    raise: async (batch: RaiseBatch) => {
      batches.push(batch);
      for (const signal of batch.signals) {
        if (signal.status === "resolved") open.delete(signal.name);
        else open.set(signal.name, { ...viewOf(signal) });
      }
      return { accepted: batch.signals.length, duplicate: false };
    },
  };
  const query = {
    run: async ({ fromMs, toMs }: { fromMs: number; toMs: number }): Promise<QueryResult> => {
      queries += 1;
      const rows: Row[] = [];
      for (let minute = fromMs / MINUTE_MS; minute < toMs / MINUTE_MS; minute += 1) {
        const failed = errorsAt(minute);
        if (failed === "failed") return { kind: "failed", code: "unavailable", message: "down", isRetryable: true };
        rows.push({ ...place, minuteSeconds: minute * 60, points: 1_000, failed });
      }
      return { kind: "rows", rows };
    },
  };
  return {
    alerts,
    batches,
    queries: () => queries,
    tickAt: (minute: number) => runRules({ rules, query, alerts, logger }, (minute + 2) * MINUTE_MS),
    told: () => batches.flatMap(({ signals }) => signals.map(({ name, status }) => `${name} ${status}`)),
  };
}

const place = {
  pointKind: "request",
  worker: "api",
  environmentName: "production",
  teamName: "platform",
  route: "/",
  subject: "",
};

function viewOf(signal: AlertSignal): AlertView {
  const { name, labels, summary, description } = signal;
  const told = { startsAtMs: signal.startsAt, lastRaisedAtMs: 0, count: 1, toldChannels: [], errors: [], holds: [], told: [] };
  const view = {
    id: name,
    groupKey: "g",
    name,
    status: "firing",
    severity: labels.severity,
    labels,
    summary,
    description,
    ...told,
  };
  return view as unknown as AlertView;
}

describe("threshold rules in the evaluator", () => {
  it("decide without a store: from one query a minute, firing after five bad minutes and ending once it is good", async () => {
    const world = ticks((minute) => (minute >= START + 5 && minute < START + 15 ? 60 : 0));
    for (let minute = START; minute < START + 30; minute += 1) await world.tickAt(minute);
    expect(world.queries()).toBe(30);
    const critical = world.told().filter((line) => line.startsWith("rule:error-rate-critical"));
    expect(critical.filter((line, at) => line !== critical[at - 1])).toEqual([
      "rule:error-rate-critical firing",
      "rule:error-rate-critical resolved",
    ]);
    const first = world.batches.findIndex(({ signals }) => signals.some(({ name }) => name === "rule:error-rate-critical"));
    expect(world.batches[first]?.signals.find(({ name }) => name === "rule:error-rate-critical")).toMatchObject({
      labels: { worker: "api", environment: "production", team: "platform", severity: "critical", symptom: "errors" },
      threshold: "5 %",
      value: "6 %",
      runbookUrl: "runbooks/high-error-rate.md",
    });
  });

  it("give a minute that runs twice the same batch id, so that it is told once", async () => {
    const world = ticks(() => 60);
    await world.tickAt(START);
    await world.tickAt(START);
    expect(new Set(world.batches.map(({ id }) => id))).toEqual(new Set([`rules:${START}`]));
  });

  it("raise what fires though AlertManager cannot say what it knows: past it criticals go out directly", async () => {
    const world = ticks(() => 60);
    const page = vi.spyOn(world.alerts, "page").mockRejectedValue(new Error("Network connection lost"));
    expect(await world.tickAt(START)).toBe("told");
    expect(world.told()).toContain("rule:error-rate-critical firing");
    page.mockRestore();
    expect(await world.tickAt(START + 1)).toBe("told");
  });

  it("say nothing while nothing can be measured: what fires goes on firing", async () => {
    const world = ticks((minute) => (minute > START ? "failed" : 60));
    expect(await world.tickAt(START)).toBe("told");
    expect(await world.tickAt(START + 1)).toBe("blind");
    expect(world.told().filter((line) => line.endsWith("resolved"))).toEqual([]);
  });
});

describe("rules without a deploy", () => {
  async function call(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const headers = { authorization: "Bearer test-token", "content-type": "application/json" };
    const response = await exports.default.fetch(`http://evaluator${path}`, { ...init, headers });
    return { status: response.status, body: await response.json() };
  }

  const manager = () => env.ALERT_MANAGER.getByName("default");
  const pushed = SHIPPED_RULES.replace(
    "routes:\n",
    'routes:\n  - { match: worker=payments, targets: ["email:pay@monotask.dev"] }\n',
  );

  /** Who would hear of a critical alert of a worker. */
  async function targetsOf(worker: string): Promise<string[]> {
    const labels = { worker, environment: "production", team: "t", symptom: "errors", severity: "critical" } as const;
    const signal = { name: "x", labels, status: "firing", startsAt: Date.now(), summary: "s", description: "d" } as const;
    await manager().raise({ id: crypto.randomUUID(), signals: [signal], source: "worker" });
    const [alert] = (await manager().list()).filter((one) => one.labels["worker"] === worker);
    return [...((await manager().explain(alert?.id ?? ""))?.targets ?? [])];
  }

  it("the deployed ones hold at first, with the specification's routes", async () => {
    expect(await call("/api/v1/alert-rules")).toMatchObject({
      status: 200,
      body: { revision: 0, by: "deploy", text: SHIPPED_RULES },
    });
    expect(await targetsOf("payments")).toEqual(["email:alerts@monotask.dev", "slack:#monotask-oncall", "pagerduty", "log"]);
  });

  it("pushed ones hold at once for rules and routes, and survive the eviction of the object", async () => {
    const before = await targetsOf("payments");
    expect(await call("/api/v1/alert-rules", { text: pushed, by: "kim" })).toMatchObject({
      status: 200,
      body: { revision: 1, by: "kim" },
    });
    expect(await targetsOf("payments")).toEqual(["email:pay@monotask.dev", "log"]);
    expect(await targetsOf("api")).toEqual(before);
    await evictDurableObject(manager());
    expect(await targetsOf("payments")).toEqual(["email:pay@monotask.dev", "log"]);
    expect(configOf((await manager().liveRules()).text).routes).toHaveLength(4);
  });

  it("that are not valid change nothing and are told with line and column", async () => {
    const answer = await call("/api/v1/alert-rules", { text: pushed.replace("above: 5%", "above: 5"), by: "kim" });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toMatch(/config\/alerts\.yaml:\d+:\d+ error bad-limit/);
    expect(await call("/api/v1/alert-rules")).toMatchObject({ body: { revision: 0 } });
  });

  it("are taken back one by one, down to what was deployed", async () => {
    await call("/api/v1/alert-rules", { text: pushed, by: "kim" });
    await call("/api/v1/alert-rules", { text: `${pushed}# again\n`, by: "kim" });
    expect(await call("/api/v1/alert-rules/rollback", {})).toMatchObject({ status: 200, body: { revision: 1, text: pushed } });
    expect(await call("/api/v1/alert-rules/rollback", {})).toMatchObject({ status: 200, body: { revision: 0 } });
    expect(await call("/api/v1/alert-rules/rollback", {})).toMatchObject({ status: 409 });
    expect(await call("/api/v1/alert-rules/rollback", { to: 2 })).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await call("/api/v1/alert-rules/rollback", { to: 9 })).toMatchObject({ status: 409 });
  });

  it("are behind the token", async () => {
    const response = await exports.default.fetch("http://evaluator/api/v1/alert-rules", { method: "POST", body: "{}" });
    expect(response.status).toBe(401);
  });
});

import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { AlertSignal } from "@monotask/alerts";
import { describe, expect, it, vi } from "vitest";
import worker from "../index.ts";

describe("the HTTP surface", () => {
  it("refuses callers without the token, and answers those who have it", async () => {
    expect((await exports.default.fetch("http://evaluator/api/v1/slos")).status).toBe(401);
    const answer = await exports.default.fetch("http://evaluator/api/v1/slos", {
      headers: { authorization: "Bearer test-token" },
    });
    expect(await answer.json()).toEqual({ nowMinute: expect.any(Number) as number, slos: [] });
  });

  it("lists what AlertManager knows", async () => {
    const answer = await exports.default.fetch("http://evaluator/api/v1/alerts", {
      headers: { authorization: "Bearer test-token" },
    });
    expect(await answer.json()).toEqual({ alerts: [] });
  });

  it("says which secret opens it where none is set", async () => {
    const locked = { ...env, MONOTASK_API_TOKEN: "" };
    const answer = await worker.fetch(new Request("http://evaluator/api/v1/slos"), locked, createExecutionContext());
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("MONOTASK_API_TOKEN");
  });
});

describe("a Durable Object behind the HTTP surface", () => {
  const authorized = { headers: { authorization: "Bearer test-token" } };

  it.each([
    ["/api/v1/alerts", "ALERT_MANAGER", "AlertManager, asked to page,"],
    ["/api/v1/alert-rules", "ALERT_MANAGER", "AlertManager, asked to liveRules,"],
    ["/api/v1/sandboxes/history", "SANDBOX_REGISTRY", "the sandbox registry, asked to history,"],
  ])("that hangs is one clear error of %s in time", async (path, binding, who) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.useFakeTimers();
    const asked = Promise.withResolvers<undefined>();
    const hang = (): Promise<never> => (asked.resolve(undefined), new Promise(() => undefined));
    const stub = { page: hang, liveRules: hang, history: hang };
    const hanging = { ...env, [binding]: { getByName: () => stub } } as Env;
    const answer = worker.fetch(new Request(`http://evaluator${path}`, authorized), hanging, createExecutionContext());
    await asked.promise;
    await vi.advanceTimersByTimeAsync(5_000);
    const { status, body } = { status: (await answer).status, body: await (await answer).json() };
    vi.useRealTimers();
    expect([status, body]).toEqual([
      504,
      {
        error: `the evaluator could not answer: ${who} has not answered within 5 s; what was asked for may still happen; look, then try again`,
      },
    ]);
  });

  it("that fails is told as well, in the JSON that callers read", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const stub = { page: () => Promise.reject(new Error("Network connection lost.")) };
    const broken = { ...env, ALERT_MANAGER: { getByName: () => stub } } as unknown as Env;
    const answer = await worker.fetch(
      new Request("http://evaluator/api/v1/alerts", authorized),
      broken,
      createExecutionContext(),
    );
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: "the evaluator could not answer: Network connection lost.; try again, and look at its logs" },
    ]);
  });
});

describe("alerts over HTTP", () => {
  const call = async (path: string, body?: object): Promise<{ status: number; answer: Record<string, unknown> }> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await exports.default.fetch(`http://evaluator/api/v1${path}`, {
      ...init,
      headers: { authorization: "Bearer test-token" },
    });
    return { status: response.status, answer: await response.json() };
  };
  const burning: AlertSignal = {
    name: "slo:api:fast",
    labels: { worker: "http-api", environment: "production", team: "core", symptom: "availability", severity: "critical" },
    status: "firing",
    startsAt: 0,
    summary: "api burns",
    description: "",
  };

  it("are listed, explained, previewed, silenced, heard again, acknowledged and closed", async () => {
    await env.ALERT_MANAGER.getByName("default").raise({ id: "http-1", source: "evaluator", signals: [burning] });
    const { answer } = await call("/alerts");
    const [alert] = answer["alerts"] as { id: string; status: string }[];
    const id = alert?.id ?? "";
    expect(alert?.status).toBe("firing");

    expect((await call(`/alerts/${id}/explain`)).answer).toMatchObject({
      explanation: {
        route: expect.stringMatching(/^config\/alerts\.yaml:\d+ routes\[0\] severity=critical$/) as string,
        targets: ["email:alerts@monotask.dev", "slack:#monotask-oncall", "pagerduty", "log"],
        trace: [{ event: "fired" }],
      },
    });
    expect((await call("/silences/preview", { matchers: ["worker=http-*"] })).answer).toMatchObject({ hides: [{ id }] });
    const untilMs = Date.now() + 3_600_000;
    const silenced = await call("/silences", { matchers: ["worker=http-*"], untilMs, by: "kim", why: "migration" });
    expect(silenced.answer).toMatchObject({ kind: "silenced", hides: [{ id }] });
    expect((await call("/alerts")).answer).toMatchObject({ alerts: [{ status: "silenced" }] });
    const { id: silenceId } = silenced.answer["silence"] as { id: string };
    expect((await call(`/silences/${silenceId}/end`, { by: "kim" })).status).toBe(200);
    expect((await call(`/alerts/${id}/acknowledge`, { by: "kim" })).answer).toEqual({ acknowledged: 1 });
    expect((await call("/alerts")).answer).toMatchObject({ alerts: [{ status: "acknowledged", acknowledged: { by: "kim" } }] });
    expect((await call("/alerts/close", { worker: "http-api", by: "kim" })).answer).toEqual({ closed: 1 });
    expect((await call("/alerts")).answer).toEqual({ alerts: [] });
    const { answer: past } = await call(`/alerts/${id}/explain`);
    expect(JSON.stringify(past)).toContain("closed by kim");
  });

  it("are listed whole, or by pages where a limit is given", async () => {
    const signals = ["p1", "p2", "p3"].map((worker) => ({ ...burning, labels: { ...burning.labels, worker } }));
    await env.ALERT_MANAGER.getByName("default").raise({ id: "http-pages", source: "evaluator", signals });
    const idsOf = (answer: Record<string, unknown>): string[] => (answer["alerts"] as { id: string }[]).map(({ id }) => id);
    const all = idsOf((await call("/alerts")).answer);
    const { answer: first } = await call("/alerts?limit=2");
    const { answer: second } = await call(`/alerts?limit=2&cursor=${String(first["cursor"])}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(all);
    expect([all.length, first["total"], second["cursor"]]).toEqual([3, 3, undefined]);
    for (const worker of ["p1", "p2", "p3"]) await env.ALERT_MANAGER.getByName("default").close(worker, "kim");
  });

  it.each([
    ["/silences", { matchers: ["worker=*"], untilMs: Date.now() + 1_000, by: "kim", why: "x" }, 400, "match every alert"],
    ["/silences", { matchers: ["worker=a"], untilMs: Date.now() + 8 * 86_400_000, by: "kim", why: "x" }, 400, "at most 7 d"],
    ["/silences/preview", { matchers: ["worker"] }, 400, "is no matcher"],
    ["/silences/none/end", {}, 404, "no silence none"],
    ["/alerts/none/acknowledge", { by: "kim" }, 404, "no alert or group none"],
    ["/alerts/none/acknowledge", {}, 400, "say who acknowledges"],
    ["/alerts/close", {}, 400, "name the worker"],
    ["/alerts/test", { targets: ["telegram"] }, 400, '"telegram" is no target'],
    ["/alerts/drill", { targets: ["log"] }, 400, "name the rule"],
    ["/alerts/drill", { rule: "error-rate", targets: ["log"] }, 404, "no rule error-rate; there is error-rate-critical"],
  ])("refuse POST %s %j with one sentence", async (path, body, status, error) => {
    const refused = await call(path, body);
    expect(refused.status).toBe(status);
    expect(refused.answer["error"]).toContain(error);
  });

  it("say which targets of a test are not set up, and how to set them up", async () => {
    const { answer } = await call("/alerts/test", { targets: ["log", "slack"], by: "kim" });
    expect(answer).toMatchObject({
      sentTo: ["log"],
      missing: [{ target: "slack", reason: "not configured, set SLACK_WEBHOOK_URL" }],
    });
    await env.ALERT_MANAGER.getByName("default").close("monotask-evaluator", "kim");
  });

  it("run a drill's made-up measurements through the rule, to the named target alone", async () => {
    const { answer } = await call("/alerts/drill", { rule: "queue-depth-critical", targets: ["log"], by: "kim" });
    expect(answer).toMatchObject({ sentTo: ["log"], missing: [] });
    const alertId = String(answer["alertId"]);
    expect((await call(`/alerts/${alertId}/explain`)).answer).toMatchObject({
      explanation: {
        alert: { name: "rule:queue-depth-critical", severity: "critical", value: "1,001", threshold: "500" },
        route: "drill",
        targets: ["log"],
        next: [{ target: "log", reason: "first" }],
      },
    });
    await env.ALERT_MANAGER.getByName("default").close("monotask-drill", "kim");
  });

  it("let PagerDuty and links in without a token, and neither without its signature", async () => {
    const hook = await exports.default.fetch("http://evaluator/hooks/pagerduty", { method: "POST", body: "{}" });
    expect(hook.status).toBe(403);
    expect((await exports.default.fetch("http://evaluator/alerts/act?do=acknowledge&group=x")).status).toBe(403);
  });
});

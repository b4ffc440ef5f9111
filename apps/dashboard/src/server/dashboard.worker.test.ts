import { applyD1Migrations } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the way to type bindings that only tests have
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
    }
  }
}

const LOCAL = "http://127.0.0.1:8789";
const SAME_ORIGIN = {
  origin: LOCAL,
  "sec-fetch-site": "same-origin",
  "content-type": "application/json",
  "x-monotask-action": "1",
};

beforeAll(() => applyD1Migrations(env.AUDIT_DB, env.TEST_MIGRATIONS));

function get(path: string, base = LOCAL): Promise<Response> {
  return exports.default.fetch(new Request(`${base}${path}`));
}

function post(body: unknown, headers: Record<string, string> = SAME_ORIGIN): Promise<Response> {
  return exports.default.fetch(new Request(`${LOCAL}/api/actions`, { method: "POST", headers, body: JSON.stringify(body) }));
}

describe("a dashboard that nobody configured", () => {
  it.each(["/", "/index.html", "/assets/app.js", "/api/me", "/api/definition"])(
    "answers 403 to %s, and how to configure it",
    async (path) => {
      const response = await get(path, "https://monotask-dashboard.example.workers.dev");
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("ACCESS_TEAM_DOMAIN")]);
    },
  );
});

describe("every answer", () => {
  it.each(["/", "/alerts/some-id", "/api/me", "/api/none"])("%s carries a strict content security policy", async (path) => {
    const policy = (await get(path)).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*|http/);
  });

  it("holds no secret", async () => {
    const answers = await Promise.all(
      ["/", "/api/me", "/api/start", "/api/definition", "/api/evaluator/slos"].map(async (path) => (await get(path)).text()),
    );
    expect(answers.join()).not.toMatch(/test-api-token|test-analytics-token/);
  });
});

describe("the app", () => {
  it("is served at every address of its pages", async () => {
    for (const path of [
      "/",
      "/slos/api-availability",
      "/alerts/x?do=acknowledge",
      "/errors/a.b",
      "/runbooks/high-error-rate.md",
    ]) {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('<div id="app">')]);
    }
  });
});

describe("reads", () => {
  it("of a section say what cannot be read, and give the SQL all the same", async () => {
    const response = await get("/api/sections/worker-health?from=1795000000000&to=1795003600000");
    const body = await response.json<{ panels: { state: string; error: string; sql: string }[] }>();
    expect(body.panels[0]).toMatchObject({ state: "failed", sql: expect.stringContaining("FROM monotask") as string });
  });

  it.each([
    ["/api/sections/worker-health", 400],
    ["/api/sections/worker-health?from=2&to=1", 400],
    ["/api/sections/worker-health?from=0&to=1795003600000", 400],
    ["/api/errors?from=1735003600000&to=1735007200000", 400],
    ["/api/sections/none?from=1&to=2", 404],
    ["/api/evaluator/../secrets", 404],
    ["/api/evaluator/settings", 404],
  ])("%s is answered %i", async (path, status) => expect((await get(path)).status).toBe(status));

  it("of the evaluator pass through with the token added here", async () => {
    expect(await (await get("/api/evaluator/slos")).json()).toEqual({ path: "/api/v1/slos", authorization: "right", body: "" });
  });

  it("never let SQL in: what is narrowed to becomes a quoted literal", async () => {
    const hostile = encodeURIComponent("x' OR 1=1 --");
    const response = await get(`/api/sections/worker-health?from=1795000000000&to=1795003600000&worker=${hostile}`);
    const { panels } = await response.json<{ panels: { sql: string }[] }>();
    expect(panels[0]?.sql).toContain("blob2 = 'x\\' OR 1=1 --'");
  });
});

describe("changes", () => {
  it("are passed on with who is signed in, and leave a trace", async () => {
    const response = await post({ action: "acknowledge", id: "a1", reason: "" });
    expect(await response.json()).toMatchObject({
      path: "/api/v1/alerts/a1/acknowledge",
      body: expect.stringContaining('"by":"local"') as string,
    });
    const { entries } = await (await get("/api/audit")).json<{ entries: unknown[] }>();
    expect(entries[0]).toMatchObject({ actor: "local", action: "acknowledge", target: "a1", outcome: "done" });
  });

  it.each<[action: Record<string, unknown>, path: string, body: unknown]>([
    [
      { action: "redrive", queue: "agent-jobs", ids: ["m1"] },
      "/api/v1/queues/dlq/redrive",
      { filter: { queue: "agent-jobs", ids: ["m1"] }, by: "local" },
    ],
    [{ action: "discard", queue: "agent-jobs" }, "/api/v1/queues/dlq/drop", { filter: { queue: "agent-jobs" }, by: "local" }],
    [{ action: "clean-up-sandbox", id: "sbx-1" }, "/api/v1/sandboxes/kill", { ids: ["sbx-1"] }],
    [{ action: "clean-up-stuck", pool: "agents" }, "/api/v1/sandboxes/kill", { stuck: true, pool: "agents" }],
  ])("are put to the evaluator in its own words: %j", async (action, path, body) => {
    const answer = await (await post(action)).json<{ path: string; body: string }>();
    expect([answer.path, JSON.parse(answer.body)]).toEqual([path, body]);
  });

  it("that fail leave a trace too", async () => {
    expect((await post({ action: "unsilence", id: "broken" })).status).toBe(500);
    const { entries } = await (await get("/api/audit")).json<{ entries: unknown[] }>();
    expect(entries[0]).toMatchObject({ action: "unsilence", outcome: "failed (500)" });
  });

  it("of a GET do not exist: a link preview acknowledges nothing", async () => {
    expect((await get("/api/actions?action=acknowledge&id=a1")).status).toBe(404);
  });

  it.each<[what: string, headers: Record<string, string>, status: number]>([
    ["another page", { ...SAME_ORIGIN, origin: "https://evil.example", "sec-fetch-site": "cross-site" }, 403],
    ["no origin", { "content-type": "application/json", "x-monotask-action": "1" }, 403],
    ["a form", { ...SAME_ORIGIN, "content-type": "text/plain" }, 415],
    ["a page without the app's header", { origin: LOCAL, "content-type": "application/json" }, 403],
  ])("from %s are refused", async (_, headers, status) => {
    expect((await post({ action: "acknowledge", id: "a1", reason: "" }, headers)).status).toBe(status);
  });

  it.each([
    [{ action: "drop", id: "a1" }],
    [{ action: "acknowledge", id: "../../secrets" }],
    [{ action: "silence", matchers: [], minutes: 60 }],
    [{ action: "silence", matchers: ["worker=api"], minutes: 100_000 }],
    [{ action: "acknowledge", id: "a1", by: "somebody else" }],
  ])("that cannot be read are refused: %j", async (action) => expect((await post(action)).status).toBe(400));
});

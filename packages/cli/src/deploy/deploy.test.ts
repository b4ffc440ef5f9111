import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAKE_ACCOUNT, startFakeCloudflare } from "../test/fake-cloudflare.ts";
import type { FakeCloudflare } from "../test/fake-cloudflare.ts";
import { ONE_SLO } from "../test/one-slo.ts";
import { runCli } from "../test/run-cli.ts";
import type { CliRun, CliWorld } from "../test/run-cli.ts";

const SHIPPED = {
  evaluator: {
    name: "monotask-evaluator",
    main: "src/index.ts",
    compatibility_date: "2026-10-01",
    vars: { ALERT_EMAIL: "alerts@monotask.dev", ANALYTICS_DATASET: "monotask" },
    analytics_engine_datasets: [{ binding: "ANALYTICS", dataset: "monotask" }],
    d1_databases: [{ binding: "DB", database_name: "monotask-evaluator", database_id: "local", migrations_dir: "migrations" }],
    kv_namespaces: [{ binding: "ALERT_COOLDOWN", id: "local" }],
    queues: { consumers: [{ queue: "agent-jobs-dlq" }] },
    durable_objects: { bindings: [{ name: "ALERT_MANAGER", class_name: "AlertManager" }] },
  },
  dashboard: {
    name: "monotask-dashboard",
    main: "src/index.ts",
    assets: { directory: "./dist", binding: "ASSETS", run_worker_first: true },
    services: [{ binding: "EVALUATOR", service: "monotask-evaluator" }],
  },
};

let folder: string;
let cloudflare: FakeCloudflare;
let env: Record<string, string>;
let ran: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "monotask-deploy-"));
  for (const [app, config] of Object.entries(SHIPPED)) {
    await mkdir(join(folder, "bundles", app, "worker"), { recursive: true });
    await writeFile(join(folder, "bundles", app, "wrangler.json"), JSON.stringify(config));
    await writeFile(join(folder, "bundles", app, "worker", "index.js"), "export default {};");
    await writeFile(join(folder, "bundles", app, "worker", "abc123-slos.yaml"), "shipped: true");
  }
  cloudflare = await startFakeCloudflare();
  env = {
    CLOUDFLARE_ACCOUNT_ID: FAKE_ACCOUNT,
    CLOUDFLARE_API_TOKEN: cloudflare.token,
    CLOUDFLARE_API_BASE_URL: cloudflare.url,
    ANALYTICS_API_TOKEN: "read-token",
    MONOTASK_API_TOKEN: "api-token",
    R2_ACCESS_KEY_ID: "r2-id",
    R2_SECRET_ACCESS_KEY: "r2-secret",
  };
  ran = [];
});
afterEach(async () => {
  await cloudflare.close();
  await rm(folder, { recursive: true, force: true });
});

async function deploy(words: string[] = [], world: CliWorld = {}): Promise<CliRun> {
  const runProgram = (program: string, args: readonly string[]): Promise<number> => (
    ran.push([program, ...args].join(" ").replaceAll(folder, "")),
    Promise.resolve(0)
  );
  return runCli(["deploy", "--bundles", join(folder, "bundles"), ...words], {
    env,
    ...world,
    io: { cwd: folder, runProgram, ...world.io },
  });
}

async function generated(worker: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, ".monotask/deploy", worker, "wrangler.json"), "utf8"));
}

describe("monotask deploy", () => {
  it("makes what is needed, uploads in the order of the bindings, and sets secrets", async () => {
    const { code, out, err } = await deploy(["--plan", "paid", "--email", "ops@example.com", "--var", "ACCESS_AUD=aud"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(ran).toEqual([
      "npx --yes wrangler d1 migrations apply monotask-evaluator --remote --config /.monotask/deploy/monotask-evaluator/wrangler.json",
      "npx --yes wrangler deploy --no-bundle --config /.monotask/deploy/monotask-evaluator/wrangler.json",
      "npx --yes wrangler deploy --no-bundle --config /.monotask/deploy/monotask-dashboard/wrangler.json",
    ]);
    expect(await generated("monotask-evaluator")).toMatchObject({
      main: "worker/index.js",
      account_id: FAKE_ACCOUNT,
      vars: {
        ALERT_EMAIL: "ops@example.com",
        ANALYTICS_SQL_URL: `https://api.cloudflare.com/client/v4/accounts/${FAKE_ACCOUNT}/analytics_engine/sql`,
      },
      d1_databases: [{ binding: "DB", database_id: "uuid-monotask-evaluator" }],
      kv_namespaces: [{ binding: "ALERT_COOLDOWN", id: "id-monotask-alert-cooldown" }],
    });
    expect(await generated("monotask-dashboard")).toMatchObject({ assets: { directory: "assets" }, vars: { ACCESS_AUD: "aud" } });
    expect(Object.fromEntries(cloudflare.state.secrets.get("monotask-evaluator") ?? [])).toEqual({
      ANALYTICS_API_TOKEN: "read-token",
      MONOTASK_API_TOKEN: "api-token",
    });
    expect(out).toContain("not set  SLACK_WEBHOOK_URL of monotask-evaluator: Slack is not told");
    expect(out).not.toMatch(/read-token|api-token|r2-secret|right-token/);
    expect(cloudflare.state.buckets.get("monotask-logs")?.rules).toMatchObject([
      { id: "Default Multipart Abort Rule" },
      { conditions: { prefix: "workers/" }, deleteObjectsTransition: { condition: { type: "Age", maxAge: 90 * 86_400 } } },
    ]);
    expect(cloudflare.state.jobs).toMatchObject([{ name: "monotask-logs", dataset: "workers_trace_events", enabled: true }]);
  });

  it("changes nothing the second time", async () => {
    await deploy(["--plan", "paid"]);
    cloudflare.calls.length = 0;
    const { code, out } = await deploy(["--plan", "paid"]);
    expect(code).toBe(0);
    expect(cloudflare.calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
    expect(out).not.toContain("created");
  });

  it("gives each environment its own dataset, KV, D1, queue and AlertManager", async () => {
    await deploy();
    await deploy(["--env", "staging"]);
    expect(await generated("monotask-evaluator-staging")).toMatchObject({
      name: "monotask-evaluator-staging",
      vars: { ENVIRONMENT: "staging", ANALYTICS_DATASET: "monotask_staging" },
      analytics_engine_datasets: [{ dataset: "monotask_staging" }],
      d1_databases: [{ database_name: "monotask-evaluator-staging", database_id: "uuid-monotask-evaluator-staging" }],
      queues: { consumers: [{ queue: "agent-jobs-dlq-staging" }] },
    });
    expect(await generated("monotask-dashboard-staging")).toMatchObject({
      services: [{ binding: "EVALUATOR", service: "monotask-evaluator-staging" }],
    });
    expect(cloudflare.state.kv.map(({ title }) => title)).toEqual(["monotask-alert-cooldown", "monotask-alert-cooldown-staging"]);
  });

  it("puts the project's own objectives into the evaluator", async () => {
    await deploy([], { files: { "config/slos.yaml": ONE_SLO } });
    expect(await readFile(join(folder, ".monotask/deploy/monotask-evaluator/worker/abc123-slos.yaml"), "utf8")).toBe(ONE_SLO);
  });

  it.each([
    ["config/slos.yaml", ONE_SLO.replace("99.9%", "100%"), "config/slos.yaml:6:13 error target-out-of-range"],
    ["config/alerts.yaml", "rules: 5\n", "config/alerts.yaml:1:8 error wrong-type"],
  ])("makes nothing where %s has an error, with --dry-run neither", async (file, text, message) => {
    for (const words of [[], ["--dry-run"]]) {
      const { code, out, err } = await deploy(words, { files: { [file]: text } });
      expect(err).toContain(message);
      expect([code, out, cloudflare.calls]).toEqual([1, "", []]);
    }
  });

  it("does not take a file of another encoding for none", async () => {
    const readFile = (path: string): Promise<string> =>
      Promise.reject(new TypeError(`The encoded data of ${path} was not valid`));
    const { code, err } = await deploy([], { io: { readFile } });
    expect(err).toContain("config/slos.yaml cannot be read (The encoded data");
    expect(code).toBe(1);
  });

  it("prints each call with --dry-run and makes none, without a token", async () => {
    const { code, out } = await deploy(["--dry-run", "--plan", "paid"], { env: {} });
    expect(code).toBe(0);
    expect(cloudflare.calls).toEqual([]);
    expect(ran).toEqual([]);
    for (const call of [
      'POST   /accounts/<account-id>/storage/kv/namespaces {"title":"monotask-alert-cooldown"}',
      'POST   /accounts/<account-id>/d1/database {"name":"monotask-evaluator"}',
      "PUT    /accounts/<account-id>/workers/scripts/monotask-evaluator/secrets",
      "PUT    /accounts/<account-id>/r2/buckets/monotask-logs/lifecycle",
      "$ npx --yes wrangler deploy --no-bundle",
    ])
      expect(out).toContain(call);
  });

  it("asks for secrets, and makes the API's token where none is given", async () => {
    const { ANALYTICS_API_TOKEN: _a, MONOTASK_API_TOKEN: _b, ...rest } = env;
    const { out } = await deploy(["--only", "evaluator"], {
      env: rest,
      answers: ["typed", "", "https://hooks.slack.com/services/T/B/x", ""],
    });
    const secrets = cloudflare.state.secrets.get("monotask-evaluator");
    expect(secrets?.get("ANALYTICS_API_TOKEN")).toBe("typed");
    expect(secrets?.get("SLACK_WEBHOOK_URL")).toBe("https://hooks.slack.com/services/T/B/x");
    expect(out).toContain(`MONOTASK_API_TOKEN=${secrets?.get("MONOTASK_API_TOKEN") ?? "none"}`);
    expect(out).not.toContain("typed");
  });

  it("waits as long as it is told to when Cloudflare is busy", async () => {
    cloudflare.failures.push({ status: 429, headers: { "retry-after": "7" } }, { status: 503 });
    const waits: number[] = [];
    const { code } = await deploy(["--only", "evaluator"], { io: { sleep: (ms) => (waits.push(ms), Promise.resolve(true)) } });
    expect(code).toBe(0);
    expect(waits).toEqual([7_000, 4_000]);
  });

  it("names the permission that lacks, the token that is refused, and the step that failed", async () => {
    cloudflare.forbidden.push(/^\/d1/);
    expect((await deploy()).err).toContain("CLOUDFLARE_API_TOKEN may not GET /d1/database");
    expect((await deploy()).err).toContain("give it D1: Edit for this account");
    const refused = await deploy([], { env: { ...env, CLOUDFLARE_API_TOKEN: "wrong-token" } });
    expect(refused.err).toContain("Cloudflare refused CLOUDFLARE_API_TOKEN (401)");
    expect(refused.err).not.toContain("wrong-token");
    cloudflare.forbidden.length = 0;
    const failed = await deploy([], { io: { runProgram: () => Promise.resolve(1) } });
    expect(failed.err).toContain("ended with 1. Nothing needs undoing");
    expect((await deploy(["--env", "No Such"])).err).toContain("use lower case letters");
  });
});

describe("monotask logpush", () => {
  const files = { "config/logpush.json": JSON.stringify({ workers: ["api"], retentionDays: 90 }) };

  it("plans, applies, and then has nothing to change", async () => {
    const plan = await runCli(["logpush", "plan"], { env, files });
    expect(plan.code).toBe(1);
    expect(plan.out).toContain("+ R2 bucket monotask-logs");
    expect(plan.out).not.toContain("r2-secret");
    expect(cloudflare.calls.every((call) => call.startsWith("GET"))).toBe(true);
    expect((await runCli(["logpush", "apply"], { env, files })).code).toBe(0);
    expect(cloudflare.state.jobs).toMatchObject([{ filter: '{"where":{"key":"ScriptName","operator":"in","value":["api"]}}' }]);
    expect(await runCli(["logpush", "plan"], { env, files })).toMatchObject({ code: 0, out: "Nothing to change." });
  });

  it("changes what drifted, and keeps the bucket's other rules", async () => {
    await runCli(["logpush", "apply"], { env, files });
    const drifted = { "config/logpush.json": JSON.stringify({ workers: ["api", "web"], retentionDays: 30 }) };
    const plan = await runCli(["logpush", "plan"], { env, files: drifted });
    expect(plan.out).toContain("+ lifecycle of R2 bucket monotask-logs: 30 days\n~ Logpush job monotask-logs: filter");
    await runCli(["logpush", "apply"], { env, files: drifted });
    expect(cloudflare.state.buckets.get("monotask-logs")?.rules).toHaveLength(2);
    expect((await runCli(["logpush", "plan"], { env, files: drifted })).code).toBe(0);
  });

  it.each([
    [{ retentionDays: 0 }, '"retentionDays" must be whole days'],
    [{ fields: ["Outcome", "CpuTime"] }, 'no field "CpuTime"'],
    [{ bucket: "x" }, 'there is no key "bucket"'],
    [{ sampleRate: 2 }, '"sampleRate" must be a number above 0 and up to 1'],
  ])("names what is wrong with %j", async (config, message) => {
    const { code, err } = await runCli(["logpush", "plan"], { env, files: { "config/logpush.json": JSON.stringify(config) } });
    expect(err).toContain(message);
    expect(code).toBe(1);
  });

  it("names the keys that it needs", async () => {
    const { R2_ACCESS_KEY_ID: _id, ...rest } = env;
    expect((await runCli(["logpush", "plan"], { env: rest, files })).err).toContain(
      "R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY are not set",
    );
  });
});

import { describe, expect, it } from "vitest";
import { devAddresses, devPorts } from "./dev-addresses.ts";
import { devAppConfig } from "./dev-apps.ts";
import { devConfig } from "./dev-config.ts";
import { removeLeftBehind, writeDevFiles } from "./dev-files.ts";
import { frontWorker } from "./dev-workers.ts";
import { tickNotices } from "./tick-notices.ts";
import { resourcesOf } from "../resources.ts";
import { memoryIo, runCli } from "../test/run-cli.ts";
import { readWranglerConfig } from "../wrangler-config/wrangler-config.ts";

describe("the developed worker's configuration on this machine", () => {
  it("hands points to the sink and leaves out what only runs on an account", () => {
    const config = {
      name: "api",
      main: "src/index.ts",
      account_id: "abc",
      logpush: true,
      tail_consumers: [{ service: "monotask-evaluator" }],
      analytics_engine_datasets: [{ binding: "ANALYTICS", dataset: "monotask" }],
      services: [{ binding: "WEB", service: "web" }],
      durable_objects: {
        bindings: [
          { name: "COUNTER", class_name: "Counter" },
          { name: "ALERT_MANAGER", class_name: "AlertManager", script_name: "monotask-evaluator" },
          { name: "ELSEWHERE", class_name: "Thing", script_name: "not-here" },
        ],
      },
      vars: { A: "b", METRICS_SAMPLING_RATE: "0.1" },
    };
    expect(devConfig(config, new Set(["api", "monotask-evaluator"]))).toEqual({
      name: "api",
      main: "src/index.ts",
      services: [
        { binding: "WEB", service: "web" },
        { binding: "ANALYTICS", service: "monotask-dev-sink", entrypoint: "Sink", props: { dataset: "monotask" } },
      ],
      durable_objects: {
        bindings: [
          { name: "COUNTER", class_name: "Counter" },
          { name: "ALERT_MANAGER", class_name: "AlertManager", script_name: "monotask-evaluator" },
        ],
      },
      vars: { A: "b", METRICS_SAMPLING_RATE: "1" },
    });
  });
});

describe("the evaluator's configuration on this machine", () => {
  const shipped = {
    name: "monotask-evaluator",
    vars: { ALERT_EMAIL: "a@example.com", ANALYTICS_DATASET: "monotask" },
    send_email: [{ name: "EMAIL" }],
    analytics_engine_datasets: [{ binding: "ANALYTICS", dataset: "monotask" }],
    d1_databases: [{ binding: "DB", database_name: "monotask-evaluator", database_id: "local-db", migrations_dir: "migrations" }],
    queues: { producers: [{ binding: "JOBS", queue: "jobs" }], consumers: [{ queue: "jobs-dlq" }, { queue: "other-dlq" }] },
    durable_objects: { bindings: [{ name: "ALERT_MANAGER", class_name: "AlertManager" }] },
  };
  const local = devAppConfig(
    { app: "evaluator", folder: "", config: shipped },
    {
      names: resourcesOf("production"),
      addresses: devAddresses(devPorts("9000")),
      running: new Set(["api", "monotask-evaluator"]),
      takenQueues: new Set(["jobs-dlq"]),
    },
  );

  it("leads every channel to the inbox", () => {
    expect(local["vars"]).toMatchObject({
      SLACK_WEBHOOK_URL: "http://127.0.0.1:9004/slack",
      PAGERDUTY_EVENTS_URL: "http://127.0.0.1:9004/pagerduty/v2/enqueue",
      ANALYTICS_SQL_URL: "http://127.0.0.1:9003/client/v4/accounts/local/analytics_engine/sql",
      ENVIRONMENT: "production",
    });
    expect(local["services"]).toContainEqual({ binding: "EMAIL", service: "monotask-dev-sink", entrypoint: "EmailSink" });
    expect(local).not.toHaveProperty("send_email");
  });

  it("keeps its own databases and leaves the worker the queues that it consumes itself", () => {
    expect(local["d1_databases"]).toMatchObject([{ database_id: "local-db", migrations_dir: "migrations" }]);
    expect(local["queues"]).toMatchObject({ producers: [{ queue: "jobs" }], consumers: [{ queue: "other-dlq" }] });
  });
});

describe("files of monotask dev", () => {
  it("that a kill left beside a worker are removed at the next start, and no other file is", async () => {
    const files: Record<string, string> = { "apps/api/wrangler.json": '{"name":"api"}' };
    const io = memoryIo(files);
    const worker = await readWranglerConfig(io, "apps/api/wrangler.json");
    const ports = devPorts("9000");
    const { workerConfig } = await writeDevFiles(io, worker, [], {
      names: resourcesOf("production"),
      ports,
      addresses: devAddresses(ports),
    });
    expect(files[workerConfig]).toContain('"api"');
    await removeLeftBehind(io);
    expect([files[workerConfig], files["apps/api/wrangler.json"]]).toEqual([undefined, '{"name":"api"}']);
    files[".monotask/dev/worker-config.txt"] = "apps/api/wrangler.json";
    await removeLeftBehind(io);
    expect(files["apps/api/wrangler.json"]).toBe('{"name":"api"}');
  });
});

it("ticks that fail are told when they begin to and when they end to, not each minute", () => {
  const said: string[] = [];
  const notice = tickNotices((text) => said.push(text));
  const minutes = [undefined, "no answer", "no answer", undefined, undefined];
  for (const [minute, failure] of minutes.entries()) notice(Date.UTC(2026, 10, 24, 12, minute), failure);
  expect(said).toEqual([
    "monotask: the evaluator's tick of 12:01 UTC failed: no answer; what the evaluator logged stands above, and the next minute tries again",
    "monotask: the evaluator's tick of 12:03 UTC went well again",
  ]);
});

it("the front worker gives every port but the apps' to the developed worker", () => {
  const apps = new Map([[8788, "monotask-evaluator"]]);
  const { config, code } = frontWorker({ worker: "api", evaluator: "monotask-evaluator", apps });
  expect(config["services"]).toEqual([
    { binding: "WORKER", service: "api" },
    { binding: "TICKED", service: "monotask-evaluator" },
    { binding: "APP_8788", service: "monotask-evaluator" },
  ]);
  expect(code).toContain("env.WORKER");
});

it.each([
  ["a port that is none", ["dev", "--port", "80"], "--port 80: use a whole number from 1024 to 65531", 2],
  ["no worker", ["dev"], "there is no wrangler.jsonc", 1],
])("monotask dev names the fix for %s", async (_what, argv, message, exitCode) => {
  const files: Record<string, string> = argv.length === 1 ? {} : { "wrangler.json": '{"name":"api"}' };
  const run = await runCli(argv, { files });
  expect(run.code).toBe(exitCode);
  expect(run.err).toContain(message);
});

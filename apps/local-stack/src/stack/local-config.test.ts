import { describe, expect, it } from "vitest";
import { toLocalConfig } from "./local-config.ts";
import { parseWorkerConfig } from "./worker-config.ts";

const CHANGES = { appDir: "/repo/apps/demo", vars: {}, running: new Set(["demo", "evaluator"]) };

describe("the local configuration of a worker", () => {
  it("sends points and mails to the sink, under the names the worker knows", () => {
    const local = toLocalConfig(
      {
        main: "src/index.ts",
        analytics_engine_datasets: [{ binding: "ANALYTICS", dataset: "monotask" }, { binding: "OTHER" }],
        send_email: [{ name: "EMAIL" }],
      },
      CHANGES,
    );
    expect(local["services"]).toEqual([
      { binding: "ANALYTICS", service: "monotask-sink", entrypoint: "AnalyticsSink", props: { dataset: "monotask" } },
      { binding: "OTHER", service: "monotask-sink", entrypoint: "AnalyticsSink", props: { dataset: "OTHER" } },
      { binding: "EMAIL", service: "monotask-sink", entrypoint: "EmailSink" },
    ]);
    expect(local).not.toHaveProperty("analytics_engine_datasets");
    expect(local).not.toHaveProperty("send_email");
  });

  it("points into the app's folder from wherever it is written", () => {
    const local = toLocalConfig(
      {
        $schema: "../../node_modules/wrangler/config-schema.json",
        main: "src/index.ts",
        d1_databases: [{ binding: "DB", migrations_dir: "sql" }, { binding: "DB2" }],
        assets: { directory: "dist", run_worker_first: true },
      },
      CHANGES,
    );
    expect(local).toEqual({
      main: "/repo/apps/demo/src/index.ts",
      vars: {},
      services: [],
      d1_databases: [
        { binding: "DB", migrations_dir: "/repo/apps/demo/sql" },
        { binding: "DB2", migrations_dir: "/repo/apps/demo/migrations" },
      ],
      assets: { directory: "/repo/apps/demo/dist", run_worker_first: true },
    });
  });

  it("adds vars to production's, and takes the local entry where there is one", () => {
    const local = toLocalConfig(
      { main: "src/index.ts", vars: { LOG_LEVEL: "info", METRICS_SAMPLING_RATE: "0.1" } },
      { ...CHANGES, main: "src/local.ts", vars: { METRICS_SAMPLING_RATE: "1" } },
    );
    expect(local).toMatchObject({
      main: "/repo/apps/demo/src/local.ts",
      vars: { LOG_LEVEL: "info", METRICS_SAMPLING_RATE: "1" },
    });
  });

  it("leaves out what leads to a worker that does not run", () => {
    const local = toLocalConfig(
      {
        main: "a.ts",
        durable_objects: {
          bindings: [
            { name: "OWN", class_name: "Own" },
            { name: "THERE", class_name: "There", script_name: "evaluator" },
            { name: "GONE", class_name: "Gone", script_name: "dashboard" },
          ],
        },
        services: [
          { binding: "A", service: "demo" },
          { binding: "B", service: "dashboard" },
        ],
      },
      CHANGES,
    );
    expect(local).toMatchObject({
      durable_objects: { bindings: [{ name: "OWN" }, { name: "THERE" }] },
      services: [{ binding: "A" }],
    });
  });

  it("keeps everything else as production has it", () => {
    const kept = { name: "demo", compatibility_date: "2026-10-01", queues: { producers: [{ binding: "Q", queue: "q" }] } };
    expect(toLocalConfig({ ...kept, main: "a.ts" }, CHANGES)).toMatchObject(kept);
  });
});

describe("reading a worker's configuration", () => {
  it("takes comments and trailing commas", () => {
    expect(parseWorkerConfig('{\n // the name\n "name": "demo",\n}', "w.jsonc")).toEqual({ name: "demo" });
  });

  it("names file and line of a mistake", () => {
    expect(() => parseWorkerConfig('{\n "name": "demo"\n "main": "a.ts"\n}', "w.jsonc")).toThrow("w.jsonc:3 is not valid JSON");
  });

  it("refuses what is no object", () => {
    expect(() => parseWorkerConfig("[]", "w.jsonc")).toThrow("w.jsonc is not a JSON object");
  });
});

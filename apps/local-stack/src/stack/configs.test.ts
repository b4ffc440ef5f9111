import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressesOf } from "./addresses.ts";
import { writeLocalConfigs, type LocalConfigs } from "./configs.ts";
import { portsFrom } from "./ports.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "local-stack-"));
});

afterEach(() => rmSync(root, { recursive: true }));

function app(name: string, config: object): void {
  mkdirSync(join(root, "apps", name), { recursive: true });
  writeFileSync(join(root, "apps", name, "wrangler.jsonc"), JSON.stringify(config));
}

function written(): LocalConfigs {
  const ports = portsFrom(8787);
  const clock = { realMs: 1, virtualMs: 2, rate: 30 };
  return writeLocalConfigs({
    root,
    outDir: join(root, "out"),
    ports,
    addresses: addressesOf(ports),
    clock,
    samplingRate: 0.5,
    seed: 1,
  });
}

function read(name: string): { readonly vars: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(root, "out", `${name}.json`), "utf8")) as ReturnType<typeof read>;
}

const DEMO = { name: "monotask-demo", main: "src/index.ts", d1_databases: [{ binding: "DB", database_name: "demo-db" }] };
const EVALUATOR = { name: "monotask-evaluator", main: "src/index.ts" };

describe("the configurations of the local stack", () => {
  it("begin with the front worker, which wrangler gives the HTTP port", () => {
    app("demo", DEMO);
    app("evaluator", EVALUATOR);
    expect(written().files.map((file) => file.slice(root.length))).toEqual([
      "/out/front.json",
      "/out/sink.json",
      "/out/evaluator.json",
      "/out/demo.json",
    ]);
  });

  it("leave out an app that is not there", () => {
    app("demo", DEMO);
    const { apps } = written();
    expect(apps.map(({ workerName, databases }) => ({ workerName, databases }))).toEqual([
      { workerName: "monotask-demo", databases: ["demo-db"] },
    ]);
    expect(read("front")).toMatchObject({ services: [{ binding: "DEMO", service: "monotask-demo" }] });
  });

  it("tell the front worker which app has which port", () => {
    app("demo", DEMO);
    app("evaluator", EVALUATOR);
    written();
    expect(JSON.parse(read("front").vars["APPS"] ?? "")).toEqual({ "8787": "DEMO", "8788": "EVALUATOR" });
  });

  it("give every app the clock and the sampling rate", () => {
    app("demo", DEMO);
    app("evaluator", EVALUATOR);
    written();
    for (const name of ["demo", "evaluator"]) {
      expect(read(name).vars).toMatchObject({
        MONOTASK_CLOCK: '{"realMs":1,"virtualMs":2,"rate":30}',
        METRICS_SAMPLING_RATE: "0.5",
      });
    }
  });

  it("lead the evaluator's channels to the inbox and the demo's upstreams to their stand-ins", () => {
    app("demo", DEMO);
    app("evaluator", EVALUATOR);
    written();
    expect(read("evaluator").vars).toMatchObject({
      SLACK_WEBHOOK_URL: "http://127.0.0.1:8791/slack",
      PAGERDUTY_EVENTS_URL: "http://127.0.0.1:8791/pagerduty/v2/enqueue",
      ALLOW_LOOPBACK_CHANNELS: "true",
      ANALYTICS_SQL_URL: "http://127.0.0.1:8790/client/v4/accounts/local/analytics_engine/sql",
    });
    expect(read("evaluator").vars["PAGERDUTY_ROUTING_KEY"]).toHaveLength(32);
    expect(read("demo").vars).toMatchObject({
      GITHUB_API_URL: "http://127.0.0.1:8792/github",
      CLAUDE_API_URL: "http://127.0.0.1:8792/claude",
      UPSTREAM_ADMIN_URL: "http://127.0.0.1:8792",
    });
  });

  it("give channel secrets to the evaluator alone", () => {
    app("demo", DEMO);
    app("evaluator", EVALUATOR);
    written();
    expect(Object.keys(read("demo").vars).filter((name) => /SLACK|PAGERDUTY|TOKEN/.test(name))).toEqual([]);
  });
});

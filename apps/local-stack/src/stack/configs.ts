import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClockSpec } from "@monotask/telemetry";
import { sqlUrlOf, type Addresses } from "./addresses.ts";
import { APPS, type AppSpec } from "./apps.ts";
import { LOCAL_CREDENTIALS } from "@monotask/cli/local";
import { databasesOf, SINK_NAME, toLocalConfig } from "./local-config.ts";
import type { Ports } from "./ports.ts";
import { readWorkerConfig, type WorkerConfig } from "./worker-config.ts";

export interface ConfigOptions {
  /** The repository. */
  readonly root: string;
  /** Where the generated files go. */
  readonly outDir: string;
  readonly ports: Ports;
  readonly addresses: Addresses;
  readonly clock: ClockSpec;
  /** Share of healthy requests that become a data point. */
  readonly samplingRate: number;
  /** Of the sampling decisions. */
  readonly seed: number;
}

export interface LocalApp {
  readonly name: AppSpec["name"];
  readonly workerName: string;
  readonly configFile: string;
  /** D1 databases with migrations. */
  readonly databases: readonly string[];
}

export interface LocalConfigs {
  /** In the order wrangler needs: the first one gets the HTTP port. */
  readonly files: readonly string[];
  readonly apps: readonly LocalApp[];
}

/**
 * Writes one wrangler configuration for each worker of the local stack. An app without wrangler.jsonc is left out.
 * @throws StackError when an app's wrangler.jsonc cannot be read
 */
export function writeLocalConfigs(options: ConfigOptions): LocalConfigs {
  const found = APPS.flatMap((spec) => {
    const appDir = join(options.root, "apps", spec.name);
    const production = readWorkerConfig(join(appDir, "wrangler.jsonc"));
    return production === undefined ? [] : [{ spec, appDir, production, workerName: String(production["name"]) }];
  });
  const running = new Set(found.map(({ workerName }) => workerName));
  mkdirSync(options.outDir, { recursive: true });

  const apps = found.map(({ spec, appDir, production, workerName }): LocalApp => {
    const vars = { ...commonVars(options), ...varsOf(spec.name, options) };
    const config = toLocalConfig(production, { appDir, vars, running, ...(spec.main !== undefined && { main: spec.main }) });
    return { name: spec.name, workerName, configFile: write(options.outDir, spec.name, config), databases: databasesOf(config) };
  });
  const front = write(options.outDir, "front", frontConfig(options, apps));
  const sink = write(options.outDir, "sink", sinkConfig(options));
  return { files: [front, sink, ...apps.map(({ configFile }) => configFile)], apps };
}

const COMPATIBILITY_DATE = "2026-10-01";

function commonVars({ clock, samplingRate }: ConfigOptions): Record<string, string> {
  return { MONOTASK_CLOCK: JSON.stringify(clock), METRICS_SAMPLING_RATE: String(samplingRate) };
}

function varsOf(app: AppSpec["name"], { addresses, seed }: ConfigOptions): Record<string, string> {
  switch (app) {
    case "demo":
      return {
        GITHUB_API_URL: `${addresses.upstreams}/github`,
        CLAUDE_API_URL: `${addresses.upstreams}/claude`,
        UPSTREAM_ADMIN_URL: addresses.upstreams,
        SAMPLING_SEED: String(seed),
      };
    case "evaluator":
      return {
        ALLOW_LOOPBACK_CHANNELS: "true",
        SLACK_WEBHOOK_URL: `${addresses.inbox}/slack`,
        PAGERDUTY_EVENTS_URL: `${addresses.inbox}/pagerduty/v2/enqueue`,
        PAGERDUTY_ROUTING_KEY: LOCAL_CREDENTIALS.pagerDutyRoutingKey,
        ANALYTICS_SQL_URL: sqlUrlOf(addresses),
        ANALYTICS_API_TOKEN: LOCAL_CREDENTIALS.analyticsToken,
        MONOTASK_API_TOKEN: LOCAL_CREDENTIALS.apiToken,
        DASHBOARD_URL: addresses.dashboard,
        MONOTASK_URL: addresses.evaluator,
        ALERT_LINK_SECRET: LOCAL_CREDENTIALS.alertLinkSecret,
      };
    case "dashboard":
      return {
        OPEN_ON_LOOPBACK: "true",
        ANALYTICS_SQL_URL: sqlUrlOf(addresses),
        ANALYTICS_API_TOKEN: LOCAL_CREDENTIALS.analyticsToken,
        MONOTASK_API_TOKEN: LOCAL_CREDENTIALS.apiToken,
      };
  }
}

function frontConfig({ root, ports }: ConfigOptions, apps: readonly LocalApp[]): WorkerConfig {
  const bindings = apps.map(({ name, workerName }) => ({ binding: name.toUpperCase(), service: workerName, port: ports[name] }));
  return {
    name: "monotask-front",
    main: workerFile(root, "front.ts"),
    compatibility_date: COMPATIBILITY_DATE,
    services: bindings.map(({ binding, service }) => ({ binding, service })),
    vars: { APPS: JSON.stringify(Object.fromEntries(bindings.map(({ port, binding }) => [port, binding]))) },
  };
}

function sinkConfig({ root, addresses }: ConfigOptions): WorkerConfig {
  return {
    name: SINK_NAME,
    main: workerFile(root, "sink.ts"),
    compatibility_date: COMPATIBILITY_DATE,
    vars: {
      ANALYTICS_URL: addresses.analytics,
      ANALYTICS_TOKEN: LOCAL_CREDENTIALS.analyticsToken,
      INBOX_URL: addresses.inbox,
    },
  };
}

function workerFile(root: string, name: string): string {
  return join(root, "apps/local-stack/src/workers", name);
}

function write(outDir: string, name: string, config: WorkerConfig): string {
  const file = join(outDir, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`);
  return file;
}

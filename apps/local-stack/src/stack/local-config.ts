import { isAbsolute, join } from "node:path";
import { isObject, objectsIn, type WorkerConfig } from "./worker-config.ts";

export const SINK_NAME = "monotask-sink";

export interface LocalChanges {
  /** Absolute folder of the app: relative paths of its configuration start there. */
  readonly appDir: string;
  /** Another entry than production's, relative to the folder. */
  readonly main?: string;
  /** Added to production's vars; the same name replaces. */
  readonly vars: Readonly<Record<string, string>>;
  /** Names of the workers that run; Durable Objects and services of others are left out. */
  readonly running: ReadonlySet<string>;
}

/**
 * The configuration a worker runs with on the local stack: production's, with Analytics Engine and email swapped for the sink worker
 * (which can keep what it gets, wrangler's own stand-ins cannot), with absolute paths, and nothing else changed.
 */
export function toLocalConfig(production: WorkerConfig, changes: LocalChanges): WorkerConfig {
  const { $schema: _schema, analytics_engine_datasets, send_email, services, ...kept } = production;
  const absolute = (path: unknown): unknown =>
    typeof path === "string" && !isAbsolute(path) ? join(changes.appDir, path) : path;
  const isRunning = (worker: unknown): boolean =>
    worker === undefined || (typeof worker === "string" && changes.running.has(worker));
  return {
    ...kept,
    main: absolute(changes.main ?? production["main"]),
    vars: { ...(isObject(production["vars"]) && production["vars"]), ...changes.vars },
    services: [
      ...objectsIn(services).filter(({ service }) => isRunning(service)),
      ...objectsIn(analytics_engine_datasets).map(({ binding, dataset }) => ({
        binding,
        service: SINK_NAME,
        entrypoint: "AnalyticsSink",
        props: { dataset: dataset ?? binding },
      })),
      ...objectsIn(send_email).map(({ name }) => ({ binding: name, service: SINK_NAME, entrypoint: "EmailSink" })),
    ],
    ...(isObject(production["durable_objects"]) && {
      durable_objects: {
        bindings: objectsIn(production["durable_objects"]["bindings"]).filter(({ script_name }) => isRunning(script_name)),
      },
    }),
    ...(production["d1_databases"] !== undefined && {
      d1_databases: objectsIn(production["d1_databases"]).map((database) => ({
        ...database,
        migrations_dir: absolute(database["migrations_dir"] ?? "migrations"),
      })),
    }),
    ...(isObject(production["assets"]) && {
      assets: { ...production["assets"], directory: absolute(production["assets"]["directory"]) },
    }),
  };
}

/** Names of the D1 databases that have migrations to apply. */
export function databasesOf(config: WorkerConfig): string[] {
  return objectsIn(config["d1_databases"]).flatMap(({ database_name: name }) => (typeof name === "string" ? [name] : []));
}

import type { Json, JsonObject } from "../json.ts";
import { isJsonObject, objectsAt, textAt, wordAt } from "../json.ts";
import type { EnvironmentResources } from "../resources.ts";
import type { BundledApp } from "./bundle.ts";

/** What the account calls the things that an app's configuration names. */
export interface ResolvedIds {
  /** KV binding → namespace id. */
  readonly kv: Readonly<Record<string, string>>;
  /** D1 binding → database id. */
  readonly d1: Readonly<Record<string, string>>;
}

export interface EnvironmentSettings {
  readonly accountId: string;
  readonly alertEmail: string | undefined;
  /** Vars of the app that the person gave, such as ACCESS_AUD. */
  readonly vars: Readonly<Record<string, string>>;
}

/** Names of an app's resources in an environment: the shipped name, with the environment's ending. */
export function inEnvironment(shipped: string, { environment }: EnvironmentResources): string {
  return environment === "production" ? shipped : `${shipped}-${environment}`;
}

/** What the app's configuration needs of the account, by kind. */
export function needsOf(
  config: JsonObject,
  names: EnvironmentResources,
): { kv: [string, string][]; d1: [string, string][]; queues: string[]; buckets: string[] } {
  const consumers = objectsAt(config, "queues", "consumers").flatMap((consumer) => [
    textAt(consumer, "queue"),
    textAt(consumer, "dead_letter_queue"),
  ]);
  const producers = objectsAt(config, "queues", "producers").map((producer) => textAt(producer, "queue"));
  return {
    kv: objectsAt(config, "kv_namespaces").map((item) => {
      const binding = wordAt(item, "binding");
      const own = inEnvironment(`monotask-${binding.toLowerCase().replaceAll("_", "-")}`, names);
      return [binding, binding === "ALERT_COOLDOWN" ? names.cooldownNamespace : own];
    }),
    d1: objectsAt(config, "d1_databases").map((item) => [
      wordAt(item, "binding"),
      inEnvironment(wordAt(item, "database_name"), names),
    ]),
    queues: [...new Set([...consumers, ...producers].filter((name) => name !== undefined))].map((name) =>
      inEnvironment(name, names),
    ),
    buckets: objectsAt(config, "r2_buckets").map((item) => inEnvironment(wordAt(item, "bucket_name"), names)),
  };
}

/** The app's configuration for one environment of one account. */
export function configFor(
  app: BundledApp,
  shipped: JsonObject,
  names: EnvironmentResources,
  ids: ResolvedIds,
  settings: EnvironmentSettings,
): JsonObject {
  const vars = isJsonObject(shipped["vars"]) ? shipped["vars"] : {};
  const config: Record<string, Json> = {
    ...shipped,
    name: names[app],
    main: "worker/index.js",
    no_bundle: true,
    find_additional_modules: true,
    account_id: settings.accountId,
    vars: {
      ...vars,
      ENVIRONMENT: names.environment,
      ANALYTICS_DATASET: names.dataset,
      ANALYTICS_SQL_URL: `https://api.cloudflare.com/client/v4/accounts/${settings.accountId}/analytics_engine/sql`,
      ...(settings.alertEmail !== undefined && "ALERT_EMAIL" in vars && { ALERT_EMAIL: settings.alertEmail }),
      ...settings.vars,
    },
  };
  Reflect.deleteProperty(config, "$schema");
  const mapped = (key: string, change: (item: JsonObject) => JsonObject): void => {
    if (Array.isArray(shipped[key])) config[key] = objectsAt(shipped, key).map(change);
  };
  mapped("analytics_engine_datasets", (item) => ({ ...item, dataset: names.dataset }));
  mapped("kv_namespaces", (item) => ({ ...item, id: ids.kv[wordAt(item, "binding")] ?? "" }));
  mapped("d1_databases", (item) => ({
    ...item,
    database_name: inEnvironment(wordAt(item, "database_name"), names),
    database_id: ids.d1[wordAt(item, "binding")] ?? "",
    migrations_dir: "migrations",
  }));
  mapped("r2_buckets", (item) => ({ ...item, bucket_name: inEnvironment(wordAt(item, "bucket_name"), names) }));
  mapped("services", (item) => ({ ...item, service: inEnvironment(wordAt(item, "service"), names) }));
  const queues = shipped["queues"];
  if (isJsonObject(queues)) {
    const renamed = (item: JsonObject): JsonObject =>
      Object.fromEntries(
        Object.entries(item).map(([key, value]) => [
          key,
          (key === "queue" || key === "dead_letter_queue") && typeof value === "string" ? inEnvironment(value, names) : value,
        ]),
      );
    config["queues"] = {
      producers: objectsAt(queues, "producers").map(renamed),
      consumers: objectsAt(queues, "consumers").map(renamed),
    };
  }
  const assets = shipped["assets"];
  if (isJsonObject(assets)) config["assets"] = { ...assets, directory: "assets" };
  return config;
}

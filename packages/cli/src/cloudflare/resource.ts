import type { Json } from "../json.ts";
import { isJsonObject, objectsAt, textAt } from "../json.ts";
import type { ApiCall } from "./api.ts";

/** Something that must be there: how to find it, and how to make it where it is not. Making it twice is not possible. */
export interface Resource {
  /** `KV namespace monotask-alert-cooldown` */
  readonly what: string;
  readonly find: ApiCall;
  /** Its id where the answer holds it. */
  readonly idIn: (answer: Json | undefined) => string | undefined;
  readonly create: ApiCall;
  /** Its id in the answer to `create`. */
  readonly idOf: (created: Json | undefined) => string | undefined;
}

export function kvNamespace(title: string): Resource {
  return {
    what: `KV namespace ${title}`,
    find: { method: "GET", path: "/storage/kv/namespaces?per_page=1000" },
    idIn: (answer) => textAt(named(answer, "title", title), "id"),
    create: { method: "POST", path: "/storage/kv/namespaces", body: { title } },
    idOf: (created) => textAt(created, "id"),
  };
}

export function d1Database(name: string): Resource {
  return {
    what: `D1 database ${name}`,
    find: { method: "GET", path: `/d1/database?name=${encodeURIComponent(name)}&per_page=100` },
    idIn: (answer) => textAt(named(answer, "name", name), "uuid"),
    create: { method: "POST", path: "/d1/database", body: { name } },
    idOf: (created) => textAt(created, "uuid"),
  };
}

export function queue(name: string): Resource {
  return {
    what: `queue ${name}`,
    find: { method: "GET", path: "/queues?per_page=1000" },
    idIn: (answer) => textAt(named(answer, "queue_name", name), "queue_id"),
    create: { method: "POST", path: "/queues", body: { queue_name: name } },
    idOf: (created) => textAt(created, "queue_id"),
  };
}

export function bucket(name: string): Resource {
  return {
    what: `R2 bucket ${name}`,
    find: { method: "GET", path: `/r2/buckets/${name}` },
    idIn: (answer) => textAt(answer, "name"),
    create: { method: "POST", path: "/r2/buckets", body: { name } },
    idOf: (created) => textAt(created, "name") ?? name,
  };
}

const LIFECYCLE_RULE = "monotask-retention";
const DAY_SECONDS = 86_400;

/** Objects are removed after their time; the bucket's other rules stay. */
export function bucketLifecycle(name: string, days: number, prefix: string, others: readonly Json[]): Resource {
  const maxAge = days * DAY_SECONDS;
  const rule = {
    id: LIFECYCLE_RULE,
    enabled: true,
    conditions: { prefix },
    deleteObjectsTransition: { condition: { type: "Age", maxAge } },
  };
  return {
    what: `lifecycle of R2 bucket ${name}: ${days} days`,
    find: { method: "GET", path: `/r2/buckets/${name}/lifecycle` },
    idIn: (answer) => {
      const found = objectsAt(answer, "rules").find((one) => one["id"] === LIFECYCLE_RULE);
      const transition = isJsonObject(found) ? found["deleteObjectsTransition"] : undefined;
      const condition = isJsonObject(transition) ? transition["condition"] : undefined;
      return isJsonObject(condition) && condition["maxAge"] === maxAge ? LIFECYCLE_RULE : undefined;
    },
    create: { method: "PUT", path: `/r2/buckets/${name}/lifecycle`, body: { rules: [...others, rule] } },
    idOf: () => LIFECYCLE_RULE,
  };
}

/** Rules that somebody else made. */
export function otherRules(answer: Json | undefined): readonly Json[] {
  return objectsAt(answer, "rules").filter((rule) => rule["id"] !== LIFECYCLE_RULE);
}

function named(answer: Json | undefined, key: string, name: string): Json | undefined {
  const list = Array.isArray(answer) ? (answer as readonly Json[]) : objectsAt(answer, "queues");
  return list.find((item) => textAt(item, key) === name);
}

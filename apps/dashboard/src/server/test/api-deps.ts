import { createClock } from "@monotask/telemetry";
import type { QueryPort } from "@monotask/telemetry";
import type { Evaluator } from "../evaluator.ts";
import { createRowCache } from "../queries/row-cache.ts";
import { createStepCache } from "../queries/step-cache.ts";
import type { ApiDeps } from "../api/area.ts";

/** What routes answer from, at a standing moment, for somebody who may look. */
export function depsAt(nowMs: number, port: QueryPort, given: Partial<ApiDeps> = {}): ApiDeps {
  return {
    dashboard: { version: 1, title: "T", sections: [] },
    dataset: "monotask",
    environment: "production",
    clock: createClock(undefined, () => nowMs),
    cache: createStepCache(port),
    rows: createRowCache(port),
    keepAlive: () => undefined,
    evaluator: evaluatorThat(() => Promise.reject(new Error("not asked"))),
    audit: undefined,
    visitor: { name: "kim", role: "viewer" },
    ...given,
  };
}

/** An evaluator that is read, and never changed. */
export function evaluatorThat(get: Evaluator["get"]): Evaluator {
  return { get, post: () => Promise.reject(new Error("nothing is changed here")) };
}

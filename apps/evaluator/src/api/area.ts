import type { AlertManagerApi } from "@monotask/alerts";
import type { Hono } from "hono";
import type { SloStore } from "../slo/store.ts";

/** What routes answer from. */
export interface ApiDeps {
  readonly env: Env;
  readonly store: SloStore;
  readonly alerts: AlertManagerApi | undefined;
  /** Bearer token of callers; without one nobody is let in. */
  readonly apiToken: string | undefined;
}

/** Adds the routes of one area. Routes under /api/v1 are behind the token; others, such as webhooks, guard themselves. */
export type ApiArea = (api: Hono, deps: ApiDeps) => void;

import type { Clock } from "@monotask/telemetry";
import type { Dashboard } from "@monotask/panels";
import type { Hono } from "hono";
import type { Visitor } from "../access/visitor.ts";
import type { AuditLog } from "../audit.ts";
import type { Evaluator } from "../evaluator.ts";
import type { KeepAlive } from "../queries/in-flight.ts";
import type { RowCache } from "../queries/row-cache.ts";
import type { StepCache } from "../queries/step-cache.ts";

/** What routes answer from. */
export interface ApiDeps {
  readonly dashboard: Dashboard;
  readonly dataset: string;
  readonly environment: string;
  readonly clock: Clock;
  readonly cache: StepCache;
  readonly rows: RowCache;
  readonly keepAlive: KeepAlive;
  readonly evaluator: Evaluator;
  readonly audit: AuditLog | undefined;
  readonly visitor: Visitor;
}

/** Adds the routes of one area; who gets here was let in. */
export type ApiArea = (api: Hono, deps: ApiDeps) => void;

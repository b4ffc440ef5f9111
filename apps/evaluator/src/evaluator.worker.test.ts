// One file for what needs the whole evaluator: each worker test file starts a runtime of its own. What is tested stands beside the code.
import { applyD1Migrations, reset, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach } from "vitest";
import "./slo/tick.spec.ts";
import "./slo/failures.spec.ts";
import "./slo/exclusions.spec.ts";
import "./slo/liveness.spec.ts";
import "./slo/free-plan.spec.ts";
import "./ticks/step.spec.ts";
import "./reports/reports.spec.ts";
import "./platform/platform.spec.ts";
import "./probes/probes.spec.ts";
import "./api/api.spec.ts";

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the generated types are a namespace
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
      MONOTASK_API_TOKEN: string;
    }
  }
}

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

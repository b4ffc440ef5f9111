// pnpm generate: writes every file that follows from code: JSON Schemas below config/ and the tables of docs/ and
// of the packages' READMEs. Tests and `pnpm check` fail while one of them is stale.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { dashboardJsonSchema } from "../packages/panels/src/index.ts";
import { openSloJsonSchema, sloJsonSchema, sloTestJsonSchema } from "../packages/slo/src/index.ts";

const ROOT = join(import.meta.dirname, "..");
const SCHEMAS: Readonly<Record<string, unknown>> = {
  "dashboard-schema.json": dashboardJsonSchema(),
  "slo-schema.json": sloJsonSchema,
  "slo-test-schema.json": sloTestJsonSchema,
  "openslo-v1-schema.json": openSloJsonSchema,
};

for (const [name, schema] of Object.entries(SCHEMAS)) {
  writeFileSync(join(ROOT, "config", name), await format(JSON.stringify(schema), { parser: "json", printWidth: 130 }));
}
for (const script of ["data-points.ts", "scale.ts", "options.ts"]) {
  spawnSync(process.execPath, [join(ROOT, "scripts/docs", script)], { stdio: "inherit" });
}

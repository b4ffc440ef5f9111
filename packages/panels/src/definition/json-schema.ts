import { toJsonSchema } from "@valibot/to-json-schema";
import { dashboardSchema } from "./panel.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of a definition, for editors: what stands in config/dashboard-schema.json. */
export function dashboardJsonSchema(): JsonSchema {
  return {
    title: "MonoTask Monitoring dashboard",
    ...toJsonSchema(dashboardSchema, { typeMode: "input", errorMode: "ignore" }),
  };
}

import type { Filters, StepRange } from "@monotask/panels";
import type { Query } from "@monotask/telemetry";
import { countOf } from "./counts.ts";

/** Versions on the time axis: in which steps each answered requests. */
export function versionsQuery(range: StepRange, filters: Filters): Query<"request"> {
  return {
    ...countOf("request", range, filters),
    groupBy: {
      workerName: { by: "field", field: "workerName" },
      version: { by: "field", field: "version" },
      step: { by: "time", seconds: range.stepSeconds },
    },
  };
}

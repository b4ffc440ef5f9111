import { measurementOfRows, measurementQuery, readableRows, sliceStart, unknownVersions, versionCounts } from "@monotask/slo";
import type { EngineMemory, Slo, TickMeasurement } from "@monotask/slo";
import { provedIdle } from "./liveness.ts";
import type { Invocations } from "./liveness.ts";
import type { Logger, QueryPort, QueryResult } from "@monotask/telemetry";

/** Minutes measured on each tick, because rows arrive late; every fifth tick looks further back. */
const REMEASURED_MINUTES = 3;
const WIDELY_REMEASURED_MINUTES = 10;
/** How far back a tick catches up after missed ones, or looks on the first one. */
const CATCH_UP_MINUTES = 6 * 60;

export type Measured =
  | { readonly kind: "measured"; readonly measurement: TickMeasurement }
  | { readonly kind: "failed"; readonly failure: Extract<QueryResult, { kind: "failed" }> };

/** The first minute that the tick of `minute` measures. */
export function measureFrom(memory: EngineMemory | undefined, slos: readonly Slo[], minute: number): number {
  const again = minute % 5 === 4 ? WIDELY_REMEASURED_MINUTES : REMEASURED_MINUTES;
  const earliest = minute - CATCH_UP_MINUTES + 1;
  const from = memory === undefined ? earliest : Math.min(memory.minute, minute - 1) - again + 2;
  return sliceStart(
    Math.max(earliest, from),
    slos.map((slo) => slo.method),
  );
}

/**
 * Measures the minutes from `fromMinute` to `minute` with one query.
 * @param known minutes up to `decidedMinute` were counted by version before; `invocations` prove workers idle
 */
export async function measure(
  deps: { readonly slos: readonly Slo[]; readonly query: QueryPort; readonly logger: Logger },
  fromMinute: number,
  minute: number,
  { decidedMinute, invocations = [] }: { readonly decidedMinute?: number; readonly invocations?: readonly Invocations[] } = {},
): Promise<Measured> {
  const result = await deps.query.run(measurementQuery(deps.slos, { fromMs: fromMinute * 60_000, toMs: (minute + 1) * 60_000 }));
  if (result.kind === "failed") return { kind: "failed", failure: result };
  const rows = result.kind === "rows" ? result.rows : [];
  for (const { version, events } of unknownVersions(rows))
    deps.logger.warn("points of an unknown schema version are not counted; deploy this evaluator anew", { version, events });
  const readable = readableRows(rows);
  const stretch = { revision: minute, fromMinute, toMinute: minute + 1 };
  const measurement = measurementOfRows(deps.slos, readable, stretch, {
    provedMinutes: provedIdle(deps.slos, invocations, fromMinute, minute + 1),
    versions: versionCounts(readable, decidedMinute),
  });
  return { kind: "measured", measurement };
}

import { parseDecimal } from "../../model/ratio.ts";
import { parseDurationMs } from "@monotask/spec-file";
import type { WrittenSlo } from "../slo-shape.ts";
import type { Value } from "@monotask/spec-file";

/** What the native format says and OpenSLO has no word for travels as annotations of this prefix. */
export const PREFIX = "monotask.dev/";

/** The native keys among a document's annotations. */
export function annotationsOf(annotations: Value | undefined): Partial<WrittenSlo> {
  if (annotations?.kind !== "map") return {};
  const read = new Map(
    annotations.entries.flatMap((entry) => {
      const value = entry.value();
      return entry.key.startsWith(PREFIX) && value.kind === "text" ? [[entry.key.slice(PREFIX.length), value] as const] : [];
    }),
  );
  const runbook = read.get("runbook");
  const owner = read.get("owner");
  const falsePages = read.get("false-pages-per-year");
  const noDataAfter = read.get("no-data-after");
  const rate = falsePages === undefined ? undefined : parseDecimal(falsePages.source);
  const afterMs = noDataAfter === undefined ? undefined : parseDurationMs(noDataAfter.source);
  return {
    ...(runbook && { runbook: { value: runbook.source, place: runbook.place } }),
    ...(owner && { owner: { value: owner.source, place: owner.place } }),
    ...(falsePages?.source === "off" && { lowTraffic: { value: { kind: "off" }, place: falsePages.place } }),
    ...(falsePages &&
      rate && {
        lowTraffic: {
          value: { kind: "guard", falsePagesPerYear: { value: rate, place: falsePages.place } },
          place: falsePages.place,
        },
      }),
    ...(noDataAfter &&
      afterMs !== undefined && {
        noData: {
          value: { after: { value: Math.ceil(afterMs / 60_000), place: noDataAfter.place }, alert: undefined },
          place: noDataAfter.place,
        },
      }),
  };
}

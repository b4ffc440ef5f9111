import { exportOpenSlo } from "@monotask/slo";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { counted } from "../show/counted.ts";
import { soundSlos } from "./spec-files.ts";

/** `monotask slo export openslo`: SLOs as OpenSLO v1 documents. What that format has no word for is named. */
export async function exportSlos(io: Io, paths: readonly string[], out: string | undefined): Promise<number> {
  const { slos } = await soundSlos(io, paths);
  const text = exportOpenSlo(slos);
  for (const slo of slos) {
    const lost = [...(slo.exclusions.length > 0 ? ["exclusions"] : []), ...(slo.isStrict ? ["the strict target"] : [])];
    if (lost.length > 0) io.err(`monotask: ${slo.name}: OpenSLO has no word for ${lost.join(" and ")}; left out`);
  }
  if (out === undefined) io.out(text.trimEnd());
  else {
    await io.writeFile(out, text);
    io.out(`${counted(slos.length, "SLO")} written to ${out}`);
  }
  return EXIT.ok;
}

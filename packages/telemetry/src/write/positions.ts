import { EVERY_KIND, layouts } from "../schema/layout.ts";

/** Which field stands at which position in the points of a kind; empty where the position is free. */
export interface Positions {
  readonly blobs: readonly string[];
  readonly doubles: readonly string[];
}

const known = new Map<string, Positions>();

/** The positions of a kind, read from the layout when the isolate writes its first point. A kind that is none has the fixed ones. */
export function positionsOf(kind: string): Positions {
  let positions = known.get(kind);
  if (!positions) {
    const [every, own] = [EVERY_KIND, kind].map((name) => (layouts[name] ?? ";").split(";").map(listOf));
    positions = { blobs: [...(every?.[0] ?? []), ...(own?.[0] ?? [])], doubles: [...(every?.[1] ?? []), ...(own?.[1] ?? [])] };
    known.set(kind, positions);
  }
  return positions;
}

function listOf(fields: string): string[] {
  return fields === "" ? [] : fields.split(",");
}

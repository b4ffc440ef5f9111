import { remembered } from "../runtime/remember.ts";
import { EVERY_KIND, layouts } from "../schema/layout.ts";

/** Which field stands at which position in the points of a kind; empty where the position is free. */
export interface Positions {
  readonly blobs: readonly string[];
  readonly doubles: readonly string[];
}

const known = new Map<string, Positions>();

/** The positions of a kind, read from the layout when the isolate writes its first point. A kind that is none has the fixed ones. */
export function positionsOf(kind: string): Positions {
  return remembered(known, kind, () => {
    const [every, own] = [EVERY_KIND, kind].map((name) => (layouts[name] ?? ";").split(";").map(listOf));
    return { blobs: [...(every?.[0] ?? []), ...(own?.[0] ?? [])], doubles: [...(every?.[1] ?? []), ...(own?.[1] ?? [])] };
  });
}

function listOf(fields: string): string[] {
  return fields === "" ? [] : fields.split(",");
}

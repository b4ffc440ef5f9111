import type { PointFields } from "@monotask/telemetry";

/** Values by which a metric can be grouped; the first 8 are kept. */
export type MetricDimensions = Readonly<Record<string, string | number | boolean | null | undefined>>;

const MAX_DIMENSIONS = 8;

/** The fields of a custom metric's point: each dimension is one blob `key=value`, in the order of the keys, so that readers find it. */
export function customMetricFields(
  name: string,
  value: number,
  unit: string,
  dimensions: MetricDimensions,
): PointFields<"custom"> {
  const [d1 = "", d2 = "", d3 = "", d4 = "", d5 = "", d6 = "", d7 = "", d8 = ""] = Object.entries(dimensions)
    .filter(([, dimension]) => dimension !== undefined && dimension !== null)
    .slice(0, MAX_DIMENSIONS)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, dimension]) => `${key}=${String(dimension)}`);
  return {
    name,
    unit,
    value,
    dimension1: d1,
    dimension2: d2,
    dimension3: d3,
    dimension4: d4,
    dimension5: d5,
    dimension6: d6,
    dimension7: d7,
    dimension8: d8,
  };
}

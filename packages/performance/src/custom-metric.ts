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
  const kept = Object.entries(dimensions)
    .filter(([, dimension]) => dimension !== undefined && dimension !== null)
    .slice(0, MAX_DIMENSIONS)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, dimension], at): [string, string] => [`dimension${at + 1}`, `${key}=${String(dimension)}`]);
  return { name, unit, value, ...Object.fromEntries(kept) };
}

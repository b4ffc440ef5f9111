import type { Found, Located, Value } from "@monotask/spec-file";
import type { Place, Report } from "../issue.ts";

/** A value as if it had been written at a place. */
export function given<T>(value: T, place: Place): Located<T> {
  return { value, place };
}

/** Exactly one of two keys. */
export function onlyOne(
  a: Found<unknown> | undefined,
  b: Found<unknown> | undefined,
  names: string,
  place: Place,
  report: Report,
): boolean {
  if ((a === undefined) !== (b === undefined)) return true;
  report(b?.place ?? place, {
    code: "openslo-one-of",
    message: a === undefined ? `${names} is missing` : `${names} exclude each other`,
    hint: `Write exactly one of ${names}.`,
  });
  return false;
}

/** OpenSLO's months and quarters are 30 and 90 days. */
export function withoutMonths(duration: string): string {
  const match = /^(\d+)([MQ])$/.exec(duration);
  return match === null ? duration : `${Number(match[1]) * (match[2] === "M" ? 30 : 90)}d`;
}

export function textValue(source: string, place: Place): Value {
  return { kind: "text", source, place };
}

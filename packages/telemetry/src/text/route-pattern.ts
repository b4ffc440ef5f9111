import { once } from "../runtime/once.ts";

const idSegments = once((): readonly RegExp[] => [
  // 42, 42.pdf and 1,2,3, but not 1.0
  /^\d[\d,;]*(?:\.[a-z]\w+)?$/i,
  /^[0-9a-f]{12,}$/i,
  // usr_8f3kd92 and usr_kdHwQa, but not in_progress
  /^[A-Za-z]{1,12}_(?=[A-Za-z]*(?:\d|[a-z][A-Z]))[A-Za-z0-9]{6,}$/,
  // run_7 and OPS-1234, but not utf-8
  /^(?:[A-Za-z]{1,12}_|[A-Z]{2,10}-)\d+$/,
  /@|%40/,
  /^\d{4}-\d{2}(?:-\d{2})?$/,
  // What is long and has a digit, such as a UUID
  /^(?=\D*\d)[\w.~%+=-]{16,}$/,
]);

/** A path with its ids replaced, for workers without a framework: `/api/tasks/42` → `/api/tasks/:id`. */
export function routePattern(pathname: string): string {
  const segments = pathname.split("/", 24).map((segment) => (isId(segment) ? ":id" : segment.slice(0, 64)));
  return segments.join("/") || "/";
}

function isId(segment: string): boolean {
  return segment.length > 64 || idSegments().some((pattern) => pattern.test(segment));
}

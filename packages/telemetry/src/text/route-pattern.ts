const ID_SEGMENTS: readonly RegExp[] = [
  /^\d+$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^[0-9a-f]{12,}$/i,
  // usr_8f3kd92 and usr_kdHwQa, but not in_progress
  /^[A-Za-z]{1,12}_(?=[A-Za-z]*(?:\d|[a-z][A-Z]))[A-Za-z0-9]{6,}$/,
  /^[A-Za-z]{1,12}_\d+$/,
  /@|%40/,
  /^\d{4}-\d{2}(?:-\d{2})?$/,
  /^(?=\D*\d)[\w.~%+=-]{16,}$/,
];

/** A path with its ids replaced, for workers without a framework: `/api/tasks/42` → `/api/tasks/:id`. */
export function routePattern(pathname: string): string {
  const segments = pathname.split("/", 24).map((segment) => (isId(segment) ? ":id" : segment.slice(0, 64)));
  return segments.join("/") || "/";
}

function isId(segment: string): boolean {
  return segment.length > 64 || ID_SEGMENTS.some((pattern) => pattern.test(segment));
}

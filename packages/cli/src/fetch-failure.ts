/** Why a fetch failed, with the system's own code: `fetch failed` alone says nothing. */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const code = cause !== undefined && "code" in cause ? String(cause.code) : undefined;
  const why = code ?? cause?.message;
  return why === undefined ? error.message : `${error.message}: ${why}`;
}

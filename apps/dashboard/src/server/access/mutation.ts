import type { Visitor } from "./visitor.ts";

/** Sent by the app with each change; a form or a link of another page cannot set it. */
export const ACTION_HEADER = "x-monotask-action";

/** Why a request may not change anything; undefined where it may. */
export function whyNoChange(
  request: Request,
  visitor: Visitor,
): { readonly status: 403 | 415; readonly error: string } | undefined {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin !== new URL(request.url).origin || (site !== null && site !== "same-origin"))
    return { status: 403, error: "changes are made in the dashboard itself, not from another page" };
  if (request.headers.get(ACTION_HEADER) === null) return { status: 403, error: `send the header ${ACTION_HEADER}` };
  if (request.headers.get("content-type")?.split(";")[0]?.trim() !== "application/json")
    return { status: 415, error: "send JSON, with content-type application/json" };
  if (visitor.role !== "operator")
    return { status: 403, error: `${visitor.name} may look; the role operator is missing: add the address to OPERATORS` };
  return undefined;
}

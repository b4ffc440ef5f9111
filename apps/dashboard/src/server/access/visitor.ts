import type { JWTVerifyGetKey } from "jose";
import { propertyOf } from "@monotask/telemetry";
import type { DashboardSettings } from "../settings.ts";
import { verifyAccessToken } from "./access-token.ts";

export type Role = "viewer" | "operator";

/** Who looks. */
export interface Visitor {
  /** E-mail address, or the name of a service token. */
  readonly name: string;
  readonly role: Role;
}

export type Admission =
  | { readonly kind: "admitted"; readonly visitor: Visitor }
  /** Nobody is let in before somebody says who may. */
  | { readonly kind: "locked" }
  | { readonly kind: "refused"; readonly why: string };

/** What Cloudflare Access puts on the execution context of a Worker that it protects. */
export interface AccessContext {
  readonly aud: string;
  getIdentity(): Promise<unknown>;
}

export interface AdmissionParts {
  readonly settings: DashboardSettings;
  readonly access: AccessContext | undefined;
  /** Keys of the team, fetched and cached by jose; tests pass their own. */
  readonly keysOf: (teamDomain: string) => JWTVerifyGetKey;
}

/** Decides who comes in: Access on the Worker, a verified Access token, or loopback on the local stack. Nobody else. */
export async function admit(request: Request, { settings, access, keysOf }: AdmissionParts): Promise<Admission> {
  if (settings.isOpenOnLoopback && isLoopback(request)) {
    return { kind: "admitted", visitor: { name: "local", role: "operator" } };
  }
  if (settings.lock.kind === "access-token") {
    const { teamDomain, audience } = settings.lock;
    const token = request.headers.get("cf-access-jwt-assertion");
    if (token === null)
      return { kind: "refused", why: "the request came without an Access token: open the address that Access protects" };
    const verified = await verifyAccessToken(token, { teamDomain, audience, keysOf });
    if (verified.kind === "invalid") return { kind: "refused", why: verified.why };
    return { kind: "admitted", visitor: visitorOf(verified.name, settings) };
  }
  if (access === undefined) return { kind: "locked" };
  const identity = await access.getIdentity().catch(() => UNREADABLE);
  if (identity === UNREADABLE) return { kind: "refused", why: "Access does not say who you are: reload the page" };
  const email = propertyOf(identity, "email");
  const name = typeof email === "string" && email !== "" ? email : "service token";
  return { kind: "admitted", visitor: visitorOf(name, settings) };
}

const UNREADABLE = Symbol("no identity could be read");

function visitorOf(name: string, { operators }: DashboardSettings): Visitor {
  const lower = name.toLowerCase();
  const isOperator = operators.some((entry) => (entry.startsWith("*@") ? lower.endsWith(entry.slice(1)) : lower === entry));
  return { name, role: isOperator ? "operator" : "viewer" };
}

/** By the address asked for, so that a page elsewhere whose name points at 127.0.0.1 is not let in. */
function isLoopback(request: Request): boolean {
  const { hostname } = new URL(request.url);
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

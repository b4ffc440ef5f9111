import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { JWTVerifyGetKey } from "jose";

export type VerifiedToken =
  { readonly kind: "valid"; readonly name: string } | { readonly kind: "invalid"; readonly why: string };

export interface TokenChecks {
  readonly teamDomain: string;
  readonly audience: string;
  /** Keys of the team; a domain that is none makes it throw. */
  readonly keysOf: (teamDomain: string) => JWTVerifyGetKey;
}

/**
 * Verifies what Access signs: signature by a key of the team (found by its id, so that rotation needs nothing), issuer, audience, expiry.
 * Source: developers.cloudflare.com/cloudflare-one, "Validate JWTs".
 */
export async function verifyAccessToken(token: string, { teamDomain, audience, keysOf }: TokenChecks): Promise<VerifiedToken> {
  try {
    const { payload } = await jwtVerify(token, keysOf(teamDomain), {
      issuer: `https://${teamDomain}`,
      audience,
      algorithms: ["RS256"],
    });
    const name = payload["email"] ?? payload["common_name"] ?? payload.sub;
    return { kind: "valid", name: typeof name === "string" && name !== "" ? name : "service token" };
  } catch (error) {
    return { kind: "invalid", why: reasonOf(error, teamDomain) };
  }
}

const keySets = new Map<string, JWTVerifyGetKey>();

/** The team's keys, fetched once and again when an unknown key id comes (not more often than each 30 s). */
export function teamKeys(teamDomain: string): JWTVerifyGetKey {
  const known = keySets.get(teamDomain);
  if (known !== undefined) return known;
  const keys = keysAt(new URL(`https://${teamDomain}/cdn-cgi/access/certs`));
  keySets.set(teamDomain, keys);
  return keys;
}

/** Keys behind a URL, read when they are first needed and again for an id that is not among them. */
export function keysAt(url: URL, cooldownMs = 30_000): JWTVerifyGetKey {
  return createRemoteJWKSet(url, { cooldownDuration: cooldownMs });
}

function reasonOf(error: unknown, teamDomain: string): string {
  if (error instanceof errors.JWTExpired) return "the Access token has expired: reload the page to sign in again";
  if (error instanceof errors.JWTClaimValidationFailed)
    return `the Access token's "${error.claim}" is not the one expected: compare ACCESS_TEAM_DOMAIN and ACCESS_AUD with the Access application`;
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    return "the Access token is not signed by this team";
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
    return `the keys of ${teamDomain} cannot be read: check ACCESS_TEAM_DOMAIN`;
  return "the Access token cannot be read";
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, it } from "vitest";
import { keysAt, verifyAccessToken } from "../server/access/access-token.ts";

const TEAM = "monotask.cloudflareaccess.com";
const AUDIENCE = "the-audience-tag";

interface TeamKey {
  readonly published: object;
  readonly token: string;
}

async function teamKey(kid: string): Promise<TeamKey> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const token = await new SignJWT({ email: "kim@monotask.dev" })
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuer(`https://${TEAM}`)
    .setAudience(AUDIENCE)
    .setExpirationTime("5m")
    .sign(privateKey);
  return { published: { ...(await exportJWK(publicKey)), kid, alg: "RS256" }, token };
}

it("a rotation of the team's keys needs nothing: an unknown id has them read again", async () => {
  const [old, fresh] = await Promise.all([teamKey("old"), teamKey("new")]);
  let published = [old.published];
  let reads = 0;
  const server = createServer((_, response) => {
    reads += 1;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const keys = keysAt(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`), 0);
  const verdict = async ({ token }: TeamKey): Promise<string> =>
    (await verifyAccessToken(token, { teamDomain: TEAM, audience: AUDIENCE, keysOf: () => keys })).kind;
  try {
    expect([await verdict(old), await verdict(old), reads]).toEqual(["valid", "valid", 1]);
    expect(await verdict(fresh)).toBe("invalid");
    published = [old.published, fresh.published];
    expect(await verdict(fresh)).toBe("valid");
    published = [fresh.published];
    expect([await verdict(fresh), reads]).toEqual(["valid", 3]);
  } finally {
    server.close();
  }
});

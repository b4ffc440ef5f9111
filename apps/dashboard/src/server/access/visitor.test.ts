import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import type { JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { readDashboardSettings } from "../settings.ts";
import { teamKeys } from "./access-token.ts";
import { admit } from "./visitor.ts";
import type { AccessContext, Admission } from "./visitor.ts";

const TEAM = "monotask.cloudflareaccess.com";
const AUDIENCE = "the-audience-tag";
const CONFIGURED = { ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUD: AUDIENCE, OPERATORS: "kim@monotask.dev, *@sre.monotask.dev" };

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
const keys: { readonly old: PrivateKey; readonly new: PrivateKey; readonly stranger: PrivateKey; readonly published: JWK[] } = {
  published: [],
} as never;

beforeAll(async () => {
  for (const name of ["old", "new", "stranger"] as const) {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    Object.assign(keys, { [name]: privateKey });
    if (name !== "stranger") keys.published.push({ ...(await exportJWK(publicKey)), kid: name, alg: "RS256" });
  }
});

interface TokenParts {
  readonly key?: "old" | "new" | "stranger";
  readonly kid?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string;
  readonly email?: string;
}

function token({
  key = "new",
  kid = key,
  issuer = `https://${TEAM}`,
  audience = AUDIENCE,
  expires = "5m",
  email,
}: TokenParts): Promise<string> {
  return new SignJWT({ email: email ?? "kim@monotask.dev" })
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuedAt()
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(keys[key]);
}

function come(
  env: object,
  { jwt, access, url = "https://dashboard.example/" }: { jwt?: string; access?: AccessContext; url?: string } = {},
): Promise<Admission> {
  const headers = jwt === undefined ? {} : { "cf-access-jwt-assertion": jwt };
  const settings = readDashboardSettings(env);
  return admit(new Request(url, { headers }), { settings, access, keysOf: () => createLocalJWKSet({ keys: keys.published }) });
}

describe("an Access token", () => {
  it.each<["old" | "new"]>([["old"], ["new"]])("signed with the team's %s key lets in: keys rotate", async (key) => {
    expect(await come(CONFIGURED, { jwt: await token({ key }) })).toEqual({
      kind: "admitted",
      visitor: { name: "kim@monotask.dev", role: "operator" },
    });
  });

  it.each<[what: string, parts: TokenParts, why: string]>([
    ["signed by somebody else", { key: "stranger", kid: "new" }, "not signed by this team"],
    ["signed with a key that is not the team's", { key: "stranger" }, "not signed by this team"],
    ["of another team", { issuer: "https://other.cloudflareaccess.com" }, '"iss"'],
    ["of another application", { audience: "other" }, '"aud"'],
    ["that has expired", { expires: "-5m" }, "expired"],
  ])("%s does not", async (_, parts, why) => {
    expect(await come(CONFIGURED, { jwt: await token(parts) })).toEqual({
      kind: "refused",
      why: expect.stringContaining(why) as string,
    });
  });

  it.each([["none"], ["a.b.c"], ["eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImtpbUBtb25vdGFzay5kZXYifQ."]])(
    "that is %j does not",
    async (jwt) => {
      expect((await come(CONFIGURED, { jwt })).kind).toBe("refused");
    },
  );

  it("of a team whose domain is none does not, and the refusal names the setting", async () => {
    const settings = readDashboardSettings({ ...CONFIGURED, ACCESS_TEAM_DOMAIN: "my team" });
    const request = new Request("https://dashboard.example/", { headers: { "cf-access-jwt-assertion": await token({}) } });
    const admission = await admit(request, { settings, access: undefined, keysOf: teamKeys });
    expect(admission).toEqual({ kind: "refused", why: expect.stringContaining("ACCESS_TEAM_DOMAIN") as string });
  });

  it("is needed: without one nobody comes in", async () => expect((await come(CONFIGURED)).kind).toBe("refused"));
});

describe("a role", () => {
  it.each([
    ["kim@monotask.dev", "operator"],
    ["KIM@MonoTask.dev", "operator"],
    ["ada@sre.monotask.dev", "operator"],
    ["ada@monotask.dev", "viewer"],
    ["ada@evil-sre.monotask.dev", "viewer"],
    ["kim@monotask.dev.evil.example", "viewer"],
  ])("%s is %s", async (email, role) => {
    expect(await come(CONFIGURED, { jwt: await token({ email }) })).toMatchObject({ visitor: { role } });
  });
});

describe("Access on the Worker itself", () => {
  const access: AccessContext = { aud: AUDIENCE, getIdentity: () => Promise.resolve({ email: "ada@monotask.dev" }) };

  it("lets in whom it authenticated", async () => {
    expect(await come({}, { access })).toEqual({ kind: "admitted", visitor: { name: "ada@monotask.dev", role: "viewer" } });
  });

  it("that cannot say who it is lets nobody in", async () => {
    const silent: AccessContext = { aud: AUDIENCE, getIdentity: () => Promise.reject(new Error("no session")) };
    expect(await come({}, { access: silent })).toMatchObject({ kind: "refused" });
  });

  it("is what a dashboard without configuration waits for", async () => expect(await come({})).toEqual({ kind: "locked" }));
});

describe("loopback", () => {
  it("is open on the local stack", async () => {
    expect(await come({ OPEN_ON_LOOPBACK: "true" }, { url: "http://127.0.0.1:8789/" })).toMatchObject({
      visitor: { role: "operator" },
    });
  });

  it.each([["https://dashboard.example/"], ["http://127.0.0.1.evil.example/"], ["http://evil.example:8789/"]])(
    "is not %s, whatever the setting",
    async (url) => expect(await come({ OPEN_ON_LOOPBACK: "true" }, { url })).toEqual({ kind: "locked" }),
  );

  it("is closed without the setting", async () => {
    expect(await come({}, { url: "http://127.0.0.1:8789/" })).toEqual({ kind: "locked" });
  });
});

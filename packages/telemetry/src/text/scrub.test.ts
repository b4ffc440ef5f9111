import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scrubText, scrubUrl } from "./scrub.ts";

// Made up, and put together here so that no scanner of repositories takes them for real ones.
const RANDOM = "9aB3dE6gH1jK4mN7pQ2sT5vW8yZ0";
const HEX = "0123456789abcdef0123456789abcdef";

/** A text, and the part of it that may not be seen again. */
const secrets: readonly (readonly [text: string, secret: string])[] = [
  // Named values
  ["login failed: password=hunter2", "hunter2"],
  ["login failed: PASSWORD = 'hunter2 with blanks'", "hunter2"],
  ['{"user":"bob","password":"correct horse battery staple"}', "battery"],
  ['{"password":"quote\\"inside-it"}', "inside-it"],
  ['body: "{\\"password\\":\\"hunter2\\",\\"n\\":1}"', "hunter2"],
  [`{"password":"${"x1".repeat(1_000)}"}`, "x1"],
  ["DB_PASSWORD: s3cr3t-yaml", "s3cr3t-yaml"],
  ["passwd:hunter2", "hunter2"],
  ["passphrase => hunter2", "hunter2"],
  ["pwd=hunter2;server=db", "hunter2"],
  ["client_secret=abc-def", "abc-def"],
  ["secretKey: abc-def", "abc-def"],
  [`aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/${RANDOM}`, "wJalr"],
  ["X-API-Key: abcdef", "abcdef"],
  ["apikey='abcdef'", "abcdef"],
  [`PAGERDUTY_ROUTING_KEY=${HEX}`, HEX],
  [`{"routing_key":"${HEX}"}`, HEX],
  [`CLOUDFLARE_API_TOKEN=${RANDOM}-x`, RANDOM],
  ["refresh_token: abc-def", "abc-def"],
  ["csrfToken=abc-def", "abc-def"],
  ["SESSION_ID=abc-def", "abc-def"],
  // Headers
  [`Authorization: Bearer ${RANDOM}`, RANDOM],
  ["Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"],
  ['authorization: Digest username="bob", response="abc-def"', "abc-def"],
  ["Cookie: theme=dark; session=abc-def; x=1", "abc-def"],
  ['{"set-cookie":"sid=abc-def; HttpOnly"}', "abc-def"],
  [`sent bearer ${RANDOM}`, RANDOM],
  ["with Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"],
  // Tokens known by their form
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "c2lnbmF0dXJl"],
  [`AKIA${"IOSFODNN7EXAMPLE"} used`, "IOSFODNN7"],
  [`clone with ghp_${RANDOM}`, RANDOM],
  [`gho_${RANDOM}`, RANDOM],
  [`github_pat_11ABC_${RANDOM}`, RANDOM],
  [`glpat-${RANDOM}`, RANDOM],
  [`xoxb-123456789012-${RANDOM}`, RANDOM],
  [`xapp-1-A1-${RANDOM}`, RANDOM],
  [`sk_live_${RANDOM}`, RANDOM],
  [`rk_test_${RANDOM}`, RANDOM],
  [`whsec_${RANDOM}`, RANDOM],
  [`sk-ant-api03-${RANDOM}`, RANDOM],
  [`sk-proj-${RANDOM}`, RANDOM],
  [`AIza${RANDOM}`, RANDOM],
  [`ya29.a0${RANDOM}`, RANDOM],
  [`npm_${RANDOM}`, RANDOM],
  [`pypi-${RANDOM}`, RANDOM],
  [`SG.${RANDOM}.${RANDOM}`, RANDOM],
  [`hf_${RANDOM}`, RANDOM],
  [`dop_v1_${HEX}`, HEX],
  [`AC${HEX}`, HEX],
  [`bot 123456789:AA${RANDOM}xxxxx`, RANDOM],
  [`bare ${RANDOM}ABCDE`, RANDOM],
  [`-----BEGIN RSA PRIVATE KEY-----\nMIIE${RANDOM}\n-----END RSA PRIVATE KEY-----`, "MIIE"],
  ["-----BEGIN PRIVATE KEY-----\\nMIIEshort", "MIIEshort"],
  // Addresses
  [`https://hooks.slack.com/services/T00/B00/${RANDOM}`, RANDOM],
  [`https://discord.com/api/webhooks/1/abc-def`, "abc-def"],
  ["postgres://app:hunter2@db.internal:5432/tasks", "hunter2"],
  ["redis://:hunter2@cache", "hunter2"],
  ["mysql://app:p@ss/hunter2@db/x", "hunter2"],
  ["GET https://api.example.com/x?code=abc-def&y=1 failed", "abc-def"],
  ["GET https://api.example.com/x#access=abc-def", "abc-def"],
  ["GET /reset?code=abc-def", "abc-def"],
  // People
  ["mail to bob.smith+x@example.co.uk bounced", "bob.smith"],
  ["mail to jürgen@example.de bounced", "jürgen"],
  ["/users/bob%40example.com", "bob"],
  ["card 4111 1111 1111 1111 declined", "1111 1111"],
  ["card 378282246310005 declined", "378282246310005"],
];

const ordinary: readonly string[] = [
  "Database connection failed",
  "Cannot read properties of undefined (reading 'id')",
  "Unexpected token 'a', \"abc\" is not valid JSON",
  "token validation failed",
  "basic authentication required",
  "password must have 12 characters",
  "SELECT id, title FROM tasks WHERE project_id = ? AND state IN ('open', 'done')",
  "D1_ERROR: UNIQUE constraint failed: tasks.slug: SQLITE_CONSTRAINT",
  "    at TaskStore.load (file:///worker/index.js:1204:17)",
  "task 3f2504e0-4f89-11d3-9a0c-0305e82c3301 moved from in_progress to done",
  "trace 4bf92f3577b34da6a3ce929d0e0e4736",
  "ray 8f3b2c1d4e5f6a7b",
  "at 1763950000000 after 1234567890123 ms",
  "2026-11-24T03:00:00.000Z",
  "retry 3 of 5 in 1.5 s, 20 % done, cost $4.20",
  "GET https://api.github.com/repos/o/r/issues/42 answered 502",
  "http://127.0.0.1:8790/client/v4",
  "inputTokens: 1024, maxTokens: 4096, tokenCount=7",
  "pkg-resources-loader and skeleton-animations",
  "handleTaskStateTransitionForProjectOwners",
  "queue tasks-dlq has 501 messages; oldest 00:05:13",
  "日本語のメッセージ 😀",
  "",
];

describe("scrubText", () => {
  test("is tried on more than forty secrets", () => {
    expect(secrets.length).toBeGreaterThan(40);
    for (const [text, secret] of secrets) expect(text).toContain(secret);
  });

  test.each(secrets)("masks %j", (text, secret) => {
    expect(scrubText(text)).not.toContain(secret);
  });

  test.each(secrets)("masks %j within a sentence and twice in a text", (text, secret) => {
    expect(scrubText(`Error: request failed (${text}), gave up\n${text}`)).not.toContain(secret);
  });

  test.each(secrets)("masks %j in the JSON of an object", (text, secret) => {
    expect(scrubText(JSON.stringify({ note: text }))).not.toContain(secret);
  });

  test.each(ordinary)("leaves %j as it is", (text) => {
    expect(scrubText(text)).toBe(text);
  });

  test("leaves what stands around a secret", () => {
    expect(scrubText("login of user 7 failed: password=hunter2, try 3")).toBe(
      "login of user 7 failed: password=[scrubbed], try 3",
    );
    expect(scrubText("GET https://api.example.com/tasks?page=2 answered 500")).toBe(
      "GET https://api.example.com/tasks answered 500",
    );
    expect(scrubText("mail to bob@example.com bounced")).toBe("mail to [email] bounced");
    expect(scrubText("postgres://app:pw@db:5432/tasks is down")).toBe("postgres://[scrubbed]@db:5432/tasks is down");
  });

  test("finds nothing new in what it has scrubbed", () => {
    for (const [text] of secrets) expect(scrubText(scrubText(text))).toBe(scrubText(text));
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(typeof scrubText(text)).toBe("string");
      }),
    );
  });

  test("masks a secret wherever it stands", () => {
    const around = fc.string({ unit: fc.constantFrom(..."ab \n,.:;=-_()[]{}/\\'\"12é€😀"), maxLength: 40 });
    fc.assert(
      fc.property(around, fc.constantFrom(`ghp_${RANDOM}`, "bob.smith@example.com"), around, (before, secret, after) => {
        expect(scrubText(`${before} ${secret} ${after}`)).not.toContain(secret);
      }),
    );
  });

  test("looks at 32,768 characters and drops the rest, with a secret that the cut goes through", () => {
    const filler = "word ".repeat(6_552);
    const scrubbed = scrubText(`${filler}ghp_${RANDOM} and more`);
    expect(scrubbed.length).toBeLessThanOrEqual(32_768);
    expect(scrubbed).not.toContain("ghp_");
    expect(scrubText("x ".repeat(5_000_000)).length).toBeLessThanOrEqual(32_768);
  });
});

describe("scrubUrl", () => {
  test.each([
    ["https://user:pw@api.example.com/tasks/1?token=x#y", "https://api.example.com/tasks/1"],
    ["https://api.example.com/users/bob%40example.com", "https://api.example.com/users/[email]"],
    ["https://api.example.com", "https://api.example.com/"],
    ["/tasks/1?token=x", "/tasks/1"],
    ["not a url#x", "not a url"],
  ])("of %j is %j", (url, scrubbed) => {
    expect(scrubUrl(url)).toBe(scrubbed);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RANDOM, secrets } from "../../test/secret-corpus.ts";
import { scrubText, scrubUrl } from "./scrub.ts";
import { alsoScrub, isSecretName } from "./secrets.ts";

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
  "commit 89abcdef0123456789abcdef0123456789abcdef of 2026 2026 2026 2026",
  "secrets of the trade, keys: 3",
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

describe("alsoScrub", () => {
  test("masks values of further names, at the end of a name and in any case", () => {
    expect(scrubText("iban: AT61 and customerIban=AT62")).toContain("AT61");
    alsoScrub(["iban", " tax.id ", ""]);
    alsoScrub(["iban"]);
    expect(scrubText("iban: AT61 and customerIban=AT62")).toBe("iban: [scrubbed] and customerIban=[scrubbed]");
    expect(scrubText('{"IBAN":"AT61 1904"}')).toBe('{"IBAN":[scrubbed]}');
    expect([isSecretName("billing_IBAN"), isSecretName("tax.id"), isSecretName("taxi-id")]).toEqual([true, true, false]);
    expect(scrubText("ordinary: text")).toBe("ordinary: text");
    alsoScrub(["x".repeat(100)]);
    expect(isSecretName("x".repeat(100))).toBe(true);
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

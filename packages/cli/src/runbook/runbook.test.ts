import { readFileSync } from "node:fs";
import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import type { AnalyticsEngineServer } from "@monotask/analytics-engine-local";
import { encodePoint } from "@monotask/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../test/run-cli.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
let engine: AnalyticsEngineServer;
let env: Record<string, string>;
beforeAll(async () => {
  engine = await startAnalyticsEngine({ port: 0 });
  env = { ANALYTICS_SQL_URL: engine.sqlUrl, ANALYTICS_API_TOKEN: engine.token };
  const identity = {
    workerName: "api",
    environment: "production",
    team: "t",
    endpoint: "/api/tasks",
    method: "POST",
    version: "3f2a",
  };
  const error = encodePoint("error", {
    ...identity,
    severity: "critical",
    category: "database",
    errorName: "Error",
    message: "D1_ERROR: no such column: priority",
    fingerprint: "f",
  });
  const request = encodePoint("request", { ...identity, statusCode: "500", outcome: "error", durationMs: 20 });
  await engine.write(
    "monotask",
    Array.from({ length: 20 }, (_, at) =>
      [error, request].map((point) => ({ ...point, timestamp: NOW - at * 60_000 - 1_000 })),
    ).flat(),
  );
});
afterAll(() => engine.close());

describe("monotask runbook run", () => {
  it("prints tables, says what they mean, and never changes anything by itself", async () => {
    const ran: string[] = [];
    const { code, out } = await runCli(["runbook", "run", "high-error-rate", "--since", "1h"], {
      env,
      io: { runProgram: (program, words) => (ran.push([program, ...words].join(" ")), Promise.resolve(0)) },
    });
    expect(code).toBe(0);
    expect(out).toContain("→ 100 % of errors are `D1_ERROR: no such column: priority` on POST /api/tasks, version 3f2a.");
    expect(out).toContain("To mitigate:");
    expect(
      Math.max(
        ...out
          .split("\n")
          .filter((line) => !line.startsWith("→") && !line.startsWith("  "))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(ran).toEqual(["monotask alerts list"]);
  });

  it("gives machines each step's rows and sentence", async () => {
    const { out } = await runCli(["runbook", "run", "high-error-rate", "--step", "1", "--json"], { env });
    expect(JSON.parse(out)).toMatchObject([
      { step: 1, isCause: true, rows: [{ message: "D1_ERROR: no such column: priority", errors: 20 }] },
    ]);
  });

  describe("with a step that changes something", () => {
    const step = async (
      words: string[],
      answers: string[] = [],
    ): Promise<{ code: number; out: string; err: string; ran: string[][] }> => {
      const ran: string[][] = [];
      const run = await runCli(["runbook", "run", "high-error-rate", "--step", "12", ...words], {
        env,
        answers,
        io: { runProgram: (program, args) => (ran.push([program, ...args]), Promise.resolve(0)) },
      });
      return { ...run, ran };
    };

    it("asks first, and does nothing without a yes", async () => {
      expect(await step(["--worker", "api"], ["n"])).toMatchObject({ code: 1, ran: [] });
      expect(await step(["--worker", "api"])).toMatchObject({ code: 1, ran: [] });
      const yes = await step(["--worker", "api"], ["y"]);
      expect(yes).toMatchObject({
        code: 0,
        ran: [["npx", "wrangler", "rollback", "--name", "api", "--message", "high error rate, see runbook"]],
      });
    });

    it("shows it with --dry-run and runs it with --yes", async () => {
      const dry = await step(["--worker", "api", "--dry-run"]);
      expect(dry.out).toContain("$ npx wrangler rollback --name api");
      expect(dry.ran).toEqual([]);
      expect((await step(["--worker", "api", "--yes"])).ran).toHaveLength(1);
    });

    it("names what is missing, and keeps a value one word", async () => {
      expect((await step(["--yes"])).err).toContain("step 12 needs --worker NAME");
      expect((await step(["--yes", "--worker", 'a" && rm -rf /; "'])).ran[0]?.[4]).toBe('a" && rm -rf /; "');
    });
  });

  it.each([
    [["run", "no-such"], 'there is no runbook "no-such"; there are database-slow, high-error-rate, maintenance, mine', 1],
    [["run", "../etc/passwd"], "is no runbook's name", 1],
    [["run", "high-error-rate", "--step", "99"], "high-error-rate has steps 1 to 16", 2],
    [["run", "mine"], 'mine.md:5 there is no key "colour"; use kind', 1],
  ])("says what is wrong with %j", async (words, message, exitCode) => {
    const files = { "runbooks/mine.md": "---\nowner: me\n---\n# Mine\n```yaml monotask-query\ncolour: red\n```\n" };
    const { code, err } = await runCli(["runbook", ...words], { env, files });
    expect(err).toContain(message);
    expect(code).toBe(exitCode);
  });
});

describe("a project's own runbooks", () => {
  const shipped = readFileSync(new URL("../../../../runbooks/queue-backup.md", import.meta.url), "utf8");

  it("are listed among the shipped ones, also one that cannot be run", async () => {
    const files = { "runbooks/lost-mail.md": shipped, "runbooks/draft.md": "# Draft\n", "runbooks/queue-backup.md": shipped };
    const { code, out } = await runCli(["runbook", "list"], { files, io: { columns: 200 } });
    expect(code).toBe(0);
    expect(out).toMatch(/^lost-mail +Queue backup .* project$/m);
    expect(out).toMatch(/^queue-backup .* project$/m);
    expect(out).toMatch(/^draft +cannot be run: monotask runbook show draft .*project$/m);
    expect(out).toMatch(/^high-error-rate .* shipped$/m);
  });

  it("are shown without their front matter, with Windows line endings too", async () => {
    const files = { "runbooks/mine.md": shipped.replaceAll("\n", "\r\n") };
    const { out } = await runCli(["runbook", "show", "mine"], { files });
    expect(out).toMatch(/^# Queue backup/);
  });
});

describe("monotask runbook list and show", () => {
  it("list all six with their owner", async () => {
    const { out } = await runCli(["runbook", "list"]);
    for (const name of ["high-error-rate", "queue-backup", "database-slow", "worker-timeout", "sandbox-stuck", "maintenance"])
      expect(out).toContain(name);
  });

  it("show the page with its steps numbered", async () => {
    const { out } = await runCli(["runbook", "show", "queue-backup"]);
    expect(out).toContain("### Poison message handling");
    expect(out).toMatch(/STEP +DOES +SECTION/);
  });
});

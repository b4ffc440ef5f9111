import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Io } from "./io.ts";
import { freePort } from "./local/free-port.ts";
import { ONE_SLO } from "./test/one-slo.ts";
import { runCli } from "./test/run-cli.ts";
import type { CliRun } from "./test/run-cli.ts";

it("monotask --version says which one it is", async () => {
  const { code, out } = await cli(["--version"]);
  expect(out).toMatch(/^\d+\.\d+\.\d+$/);
  expect(code).toBe(0);
});

it.each([
  [["query"], "name what to ask"],
  [["query", "--kind", "request", "--since", "yesterday", "--local"], '--since "yesterday" is no duration'],
  [["query", "--kind", "request", "--by", "nope", "--local"], 'request has no field "nope"'],
  [["query", "SELECT 1", "--kind", "request", "--local"], "an SQL text says by itself what it asks: leave out --kind"],
  [["query", "--kind", "request", "--metric", "tasks", "--local"], "give --kind or --metric, not both"],
  [["query", "--kind", "request", "--json", "--csv", "--local"], "give --json or --csv, not both"],
  [["runbook", "run", "high-error-rate", "--since", "yesterday", "--local"], '--since "yesterday" is no duration'],
  [["runbook", "run", "high-error-rate", "--step", "99", "--local"], "has steps 1 to"],
  [["runbook", "run", "high-error-rate", "--step", "x", "--local"], "--step x"],
  [["deploy", "--dry-run", "--env", "A B"], '--env "A B"'],
  [["deploy", "--dry-run", "--var", "FOO"], '--var "FOO": write it as NAME=value'],
  [["dev", "--port", "80"], "--port 80"],
  [["api", "/x"], "it begins with /api/v1/"],
  [["sandbox", "kill"], "name sandboxes"],
])("%j are words that are off: nothing is tried, and the exit code is 2", async (argv, message) => {
  const { code, out, err } = await runCli(argv, { files: { "wrangler.json": '{"name":"api"}' } });
  expect(err).toContain(message);
  expect(out).toBe("");
  expect(code).toBe(2);
});

describe("monotask slo validate", () => {
  it("says that a sound file is valid and exits with 0", async () => {
    const { code, out } = await cli(["slo", "validate", "good.yaml"]);
    expect(out).toBe("1 SLO in good.yaml: 0 errors, 0 warnings");
    expect(code).toBe(0);
  });

  it("shows the line of what is wrong and exits with 1", async () => {
    const { code, out } = await cli(["slo", "validate", "bad.yaml"]);
    expect(out).toContain("bad.yaml:7:13 error target-out-of-range");
    expect(out).toMatch(/bad\.yaml: 1 error, 0 warnings$/);
    expect(code).toBe(1);
  });

  it("prints issues for machines", async () => {
    const { out } = await cli(["slo", "validate", "bad.yaml", "--format", "json"]);
    expect(JSON.parse(out)).toMatchObject({ slos: [], issues: [{ line: 7, code: "target-out-of-range", severity: "error" }] });
  });

  it("names a file that cannot be read", async () => {
    const { code, err } = await cli(["slo", "validate", "none.yaml"]);
    expect(err).toContain("none.yaml cannot be read");
    expect(code).toBe(1);
  });

  it("exits with 2 for words it does not know", async () => {
    expect((await cli(["slo", "validate", "--format", "xml"])).code).toBe(2);
    expect((await cli(["slo", "valdate"])).code).toBe(2);
  });
});

describe("commands that ask the evaluator", () => {
  const server = createServer((request, response) => {
    const isAllowed = request.headers.authorization === "Bearer right";
    response.statusCode = isAllowed ? 200 : 401;
    response.end(isAllowed ? answers[request.url ?? ""] : "{}");
  });
  const answers: Record<string, string> = {
    "/api/v1/slos": JSON.stringify({
      slos: [
        { name: "api", target: "99.9%", state: "burning", budgetLeftRatio: 0.25, sentence: "412 of 9,310 requests failed." },
      ],
    }),
    "/api/v1/alerts?limit=500": JSON.stringify({ alerts: [] }),
  };
  let url = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  it("show each SLO in a table with its sentence", async () => {
    const { out } = await cli(["slo", "status"], { MONOTASK_URL: url, MONOTASK_API_TOKEN: "right" });
    expect(out).toBe("SLO  TARGET  STATE    BUDGET LEFT\napi  99.9%   burning  25.0 %\n\napi: 412 of 9,310 requests failed.");
  });

  it("say that nothing fires", async () => {
    expect((await cli(["alerts", "list"], { MONOTASK_URL: url, MONOTASK_API_TOKEN: "right" })).out).toBe("No alert fires.");
  });

  it("name the token that was refused, without showing it", async () => {
    const { code, err } = await cli(["alerts", "list"], { MONOTASK_URL: url, MONOTASK_API_TOKEN: "wrong-secret" });
    expect(err).toContain("refused MONOTASK_API_TOKEN (401)");
    expect(err).not.toContain("wrong-secret");
    expect(code).toBe(1);
  });

  it("name the variable that is missing", async () => {
    expect((await cli(["slo", "status"], {})).err).toContain("MONOTASK_URL is not set");
  });

  it("say which address does not answer", async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const { err } = await cli(["slo", "status"], { MONOTASK_URL: address, MONOTASK_API_TOKEN: "right" });
    expect(err).toContain(`${address} does not answer (fetch failed: ECONNREFUSED); check MONOTASK_URL`);
  });
});

async function cli(argv: string[], env: Io["env"] = {}): Promise<CliRun> {
  return runCli(argv, { env, files: { "good.yaml": ONE_SLO, "bad.yaml": `\n${ONE_SLO.replace("99.9%", "100%")}` } });
}

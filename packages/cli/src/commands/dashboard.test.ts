import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runCli } from "../test/run-cli.ts";

const FILE = "config/cloudflare-dashboard.json";
const SHIPPED = readFileSync(new URL(`../../../../${FILE}`, import.meta.url), "utf8");
const files = { [FILE]: SHIPPED };

describe("monotask dashboard validate", () => {
  it("says that the shipped definition is valid", async () => {
    const { code, out } = await runCli(["dashboard", "validate"], { files });
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ panels in 5 sections of .*: 0 errors, 0 warnings$/)]);
  });

  it("names what is wrong and exits with 1", async () => {
    const { code, out } = await runCli(["dashboard", "validate"], { files: { [FILE]: SHIPPED.replace('"kvHits"', '"kvHts"') } });
    expect([code, out]).toEqual([1, expect.stringContaining("sections[2].panels[4].query.measures.hits.field")]);
  });

  it("names SLOs that the file does not have", async () => {
    const { out } = await runCli(["dashboard", "validate"], {
      files: { ...files, "config/slos.yaml": "apiVersion: monotask.dev/v1\nslos: []\n" },
    });
    expect(out).toContain('there is no SLO "api-availability"');
  });

  it("names fields that no panel shows when asked", async () => {
    const { code, out } = await runCli(["dashboard", "validate", "--unused"], { files });
    expect([code, out]).toEqual([0, expect.stringContaining("no panel reads error.fingerprint")]);
  });

  it("names a file that cannot be read", async () => {
    expect(await runCli(["dashboard", "validate", "none.json"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("none.json") as unknown,
    });
  });
});

describe("monotask dashboard export", () => {
  it("writes the SQL of one panel", async () => {
    const { out } = await runCli(["dashboard", "export", "sql", "--panel", "cache-hit-rate", "--hours", "6"], { files });
    expect(out).toContain("-- cache-hit-rate\nSELECT intDiv(toUInt32(timestamp), 300) * 300 AS step");
    expect(out.match(/FROM monotask/g)).toHaveLength(1);
  });

  it("writes one statement for each section, as they are sent", async () => {
    const { out } = await runCli(["dashboard", "export", "sql", "--merged", "--dataset", "points"], { files });
    expect(out.match(/FROM points/g)).toHaveLength(5);
  });

  it("names a panel that does not exist", async () => {
    expect(await runCli(["dashboard", "export", "sql", "--panel", "x"], { files })).toMatchObject({ code: 1 });
  });

  it("writes the JSON Schema", async () => {
    expect(JSON.parse((await runCli(["dashboard", "export", "schema"])).out)).toMatchObject({
      title: "MonoTask Monitoring dashboard",
    });
  });
});

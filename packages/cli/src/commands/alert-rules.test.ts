import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCli, type CliRun, type CliWorld } from "../test/run-cli.ts";

const RULES = readFileSync(new URL("../../../../config/alerts.yaml", import.meta.url).pathname, "utf8");
const BROKEN = RULES.replace("above: 5%", "above: 5");

let asked: { what: string; body: unknown }[] = [];
let revision = 3;
let url = "";
const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk: Buffer) => (text += chunk.toString()));
  request.on("end", () => {
    asked.push({ what: `${request.method} ${request.url}`, body: JSON.parse(text) });
    response.setHeader("content-type", "application/json").end(JSON.stringify({ revision }));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "";
});
beforeEach(() => {
  asked = [];
  revision = 3;
});
afterAll(() => server.close());

function monotask(words: string, world: CliWorld = {}): Promise<CliRun> {
  const env = { MONOTASK_URL: url, MONOTASK_API_TOKEN: "t", USER: "kim" };
  return runCli(words.split(" "), { env, files: { "config/alerts.yaml": RULES, "broken.yaml": BROKEN }, ...world });
}

describe("monotask alerts validate", () => {
  it("counts what a valid file holds", async () => {
    const { code, out } = await monotask("alerts validate");
    expect([code, out]).toEqual([0, "15 rules, 3 routes and a fallback in config/alerts.yaml: 0 errors"]);
  });

  it("shows every issue with its line and what to write instead", async () => {
    const { code, out } = await monotask("alerts validate broken.yaml");
    expect(code).toBe(1);
    expect(out).toMatch(/broken\.yaml:\d+:12 error bad-limit: "5" is no limit of error-rate/);
    expect(out).toContain('hint: Write a percentage above 0 and below 100: "5%".');
  });

  it("names a file that is not there", async () => {
    const { code, err } = await monotask("alerts validate gone.yaml");
    expect([code, err]).toEqual([1, "monotask: gone.yaml cannot be read; name the rules file: config/alerts.yaml"]);
  });
});

describe("monotask alerts route", () => {
  it("prints who hears, which line decided and why the lines before did not", async () => {
    const { code, out } = await monotask("alerts route worker=x severity=warning");
    expect(code).toBe(0);
    expect(out).toMatch(/config\/alerts\.yaml:\d+ severity=critical: did not match \(severity=critical\)/);
    expect(out).toMatch(/config\/alerts\.yaml:\d+ severity=warning: matched/);
    expect(out).toMatch(
      /Decided by config\/alerts\.yaml:\d+ routes\[1\] severity=warning\.\nTold: slack:#monotask-oncall, log\./,
    );
  });

  it("says who is next where AlertManager escalates", async () => {
    const ours = RULES.replace("escalation: pagerduty #", "escalation: ours #");
    const { out } = await monotask("alerts route worker=x severity=critical", { files: { "config/alerts.yaml": ours } });
    expect(out).toContain("Not acknowledged after 15 min: email:team-lead@monotask.dev, slack:#monotask-oncall.");
    expect(out).toContain("Not acknowledged after 45 min: email:engineering@monotask.dev.");
  });

  it("knows quiet hours at a moment", async () => {
    const muted = `${RULES}muteTimes: [{ name: nights, timeZone: Europe/Vienna, from: "22:00", to: "07:00" }]\n`;
    const { out } = await monotask("alerts route worker=x severity=warning --at 2026-11-24T22:30Z", {
      files: { "config/alerts.yaml": muted },
    });
    expect(out).toContain('Held back by quiet hours "nights" until 2026-11-25T06:00:00.000Z.');
  });

  it.each([
    ["alerts route nonsense", '"nonsense" is no label; write worker=api-gateway'],
    ["alerts route severity=fatal", 'severity "fatal" is not known; use critical, warning, info'],
    ["alerts route worker=x --at noon", '--at "noon" is no time'],
  ])("%s is refused with the fix", async (words, message) => {
    const { code, err } = await monotask(words);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("monotask alerts push and rollback", () => {
  it("sends the file with who does it", async () => {
    const { code, out } = await monotask("alerts push");
    expect([code, out]).toEqual([0, "Revision 3 holds. Next: monotask alerts rollback takes it back."]);
    expect(asked).toEqual([{ what: "POST /api/v1/alert-rules", body: { text: RULES, by: "kim" } }]);
  });

  it("sends nothing that is not valid", async () => {
    const { code, err } = await monotask("alerts push --file broken.yaml");
    expect(code).toBe(1);
    expect(err).toContain("broken.yaml is not valid");
    expect(asked).toEqual([]);
  });

  it("takes the newest back, or goes to a revision", async () => {
    revision = 0;
    expect((await monotask("alerts rollback")).out).toBe("The deployed rules hold.");
    await monotask("alerts rollback --to 2");
    expect(asked.map(({ body }) => body)).toEqual([{}, { to: 2 }]);
    expect((await monotask("alerts rollback --to last")).err).toContain('--to "last" is no revision');
  });
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../test/run-cli.ts";

const SPEC = `
apiVersion: monotask.dev/v1
slos:
  - name: api
    service: api
    indicator: { kind: request, filter: { worker: demo }, good: availability }
    target: "99.9%"
`;
const TEST = `
apiVersion: monotask.dev/v1
kind: SloTest
name: half an hour
slo: {ref: config/slos.yaml#api}
series:
  - {minutes: 30, total: 100000, bad: 10000}
  - {minutes: 10, total: 100000, bad: 0}
expect:
  - {rule: page-fast, firesAt: 9, clearsAt: 35}
  - {rule: ticket-slow, firesAt: null}
`;

describe("monotask slo validate", () => {
  it("reads every YAML file of a folder", async () => {
    const { code, out } = await runCli(["slo", "validate", "specs"], {
      files: { "specs/a.yaml": SPEC, "specs/b.yml": SPEC.replace("name: api", "name: other"), "specs/c.md": "#" },
    });
    expect([code, out]).toEqual([0, "2 SLOs in specs/a.yaml, specs/b.yml: 0 errors, 0 warnings"]);
  });
});

describe("a folder without SLO files", () => {
  it("is no folder of valid SLOs", async () => {
    const { code, err } = await runCli(["slo", "validate", "docs"], { files: { "docs/a.md": "#" } });
    expect([code, err]).toEqual([1, "monotask: docs holds no YAML or JSON file; name a file or a folder that does"]);
  });
});

describe("files that cannot be read", () => {
  it("are named with the reason, by each command that takes SLO files", async () => {
    for (const words of [["validate"], ["test"], ["replay"], ["export", "openslo"]]) {
      const { code, err } = await runCli(["slo", ...words, "gone.yaml"]);
      expect([code, err]).toEqual([1, expect.stringContaining("gone.yaml cannot be read: there is no such file or folder")]);
    }
    const readFile = (): Promise<string> => Promise.reject(new Error("The encoded data was not valid"));
    const { code, err } = await runCli(["slo", "validate", "s.yaml"], { files: { "s.yaml": SPEC }, io: { readFile } });
    expect([code, err]).toEqual([1, "monotask: s.yaml cannot be read (The encoded data was not valid); save it as UTF-8"]);
  });
});

describe("monotask slo test", () => {
  it("prints a table of what passed and exits with 0", async () => {
    const { code, out } = await runCli(["slo", "test", "t.yaml"], { files: { "t.yaml": TEST, "config/slos.yaml": SPEC } });
    expect(out.split("\n")).toEqual([
      "TEST          RULE         EXPECTED  GOT      RESULT",
      "half an hour  page-fast    9 to 35   9 to 35  passed",
      "half an hour  ticket-slow  never     never    passed",
      "2 passed, 0 failed",
    ]);
    expect(code).toBe(0);
  });

  it("names the first minute that differs and exits with 1", async () => {
    const files = { "t.yaml": TEST.replace("firesAt: 9", "firesAt: 12"), "config/slos.yaml": SPEC };
    const { code, out } = await runCli(["slo", "test", "t.yaml"], { files });
    expect(out).toContain("failed, differs at minute 9");
    expect(code).toBe(1);
  });

  it("says that a file has errors beside what passed", async () => {
    const files = { "a.yaml": TEST, "b.yaml": TEST.replace("minutes: 30", "minutes: 0"), "config/slos.yaml": SPEC };
    const { code, out } = await runCli(["slo", "test", "a.yaml", "b.yaml"], { files });
    expect(out).toContain('b.yaml:7:15 error bad-value: "0" minutes are no stretch');
    expect(out).toContain("2 passed, 0 failed, 1 error in the files");
    expect(code).toBe(1);
  });

  it("names a reference that dangles, with its place", async () => {
    const { code, out } = await runCli(["slo", "test", "t.yaml"], { files: { "t.yaml": TEST } });
    expect(out).toContain("t.yaml:5:12 error unresolved-reference");
    expect(code).toBe(1);
  });
});

describe("monotask slo export", () => {
  it("writes OpenSLO that validates and means the same", async () => {
    const { files, out } = await runCli(["slo", "export", "openslo", "s.yaml", "--out", "o.yaml"], { files: { "s.yaml": SPEC } });
    expect(out).toBe("1 SLO written to o.yaml");
    const { code } = await runCli(["slo", "validate", "--strict", "o.yaml"], { files });
    expect(code).toBe(0);
    expect((await runCli(["slo", "export", "sloth", "s.yaml"], { files })).code).toBe(2);
  });
});

describe("monotask slo replay", () => {
  it("judges an edited SLO on a log", async () => {
    const line = (minute: number, status: number): string =>
      JSON.stringify({
        EventType: "fetch",
        EventTimestampMs: Date.UTC(2026, 10, 24) + minute * 60_000,
        ScriptName: "demo",
        Outcome: "ok",
        WallTimeMs: 5,
        Event: { Request: { URL: "https://a.test/", Method: "GET" }, Response: { Status: status } },
      });
    const lines = Array.from({ length: 90 * 40 }, (_, at) =>
      line(Math.floor(at / 40), at >= 40 * 40 && at < 50 * 40 && at % 2 ? 500 : 200),
    );
    const { code, out, err } = await runCli(["slo", "replay", "s.yaml", "--from", "logpush:log.ndjson"], {
      files: { "s.yaml": SPEC, "log.ndjson": [...lines, lines[0]?.slice(0, 90)].join("\n") },
    });
    expect(err).toContain("3600 requests read, 1 other line");
    expect(err).toContain("monotask: log.ndjson:3601: no JSON; the line is left out");
    expect(out).toContain("page-fast         2026-11-24 00:41 UTC  2026-11-24 00:54 UTC");
    expect(code).toBe(0);
  });

  it("does not go through decades for one line with a wrong time", async () => {
    const line = (EventTimestampMs: number): string =>
      JSON.stringify({
        ...{ EventType: "fetch", EventTimestampMs, ScriptName: "demo", Outcome: "ok" },
        Event: { Request: { URL: "https://a.test/", Method: "GET" }, Response: { Status: 200 } },
      });
    const replayed = async (...times: number[]): Promise<{ code: number; err: string }> =>
      runCli(["slo", "replay", "s.yaml", "--from", "logpush:log.ndjson"], {
        files: { "s.yaml": SPEC, "log.ndjson": times.map(line).join("\n") },
      });
    const now = Date.UTC(2026, 10, 24);
    const [seconds, nanoseconds] = [await replayed(now / 1_000, now), await replayed(now * 1_000_000)];
    expect([seconds.code, seconds.err]).toEqual([1, expect.stringContaining("reaches from 1970-01-21 18:44 UTC to 2026-11-24")]);
    expect([nanoseconds.code, nanoseconds.err]).toEqual([1, expect.stringContaining("a line whose time is no date")]);
  });

  it("names a file that cannot be read", async () => {
    const { code, err } = await runCli(["slo", "replay", "s.yaml", "--from", "logpush:none.gz"], { files: { "s.yaml": SPEC } });
    expect([code, err]).toEqual([1, "monotask: none.gz cannot be read: there is no such file"]);
    const nameless = await runCli(["slo", "replay", "s.yaml", "--from", "logpush:"], { files: { "s.yaml": SPEC } });
    expect([nameless.code, nameless.err]).toEqual([2, expect.stringContaining("names no file: write logpush:FILE.ndjson")]);
  });

  it("names SLOs that no line of the log counts for, and does not show them as if all were well", async () => {
    const files = {
      "s.yaml": `${SPEC}  - name: queue
    service: api
    indicator: { kind: queue, good: success }
    target: "99%"
`,
      "log.ndjson": JSON.stringify({
        EventType: "fetch",
        EventTimestampMs: Date.UTC(2026, 10, 24),
        ScriptName: "shop",
        Outcome: "ok",
        Event: { Request: { URL: "https://a.test/", Method: "GET" }, Response: { Status: 200 } },
      }),
    };
    const { code, out, err } = await runCli(["slo", "replay", "s.yaml", "--from", "logpush:log.ndjson"], { files });
    expect(err).toContain("left out: queue (choose with --slo)");
    expect(err).toContain("monotask: api: no line is of demo, production; the log is of shop, production");
    expect([code, out]).toEqual([0, "Nothing was measured in that time."]);
  });
});

describe("commands that ask the evaluator", () => {
  const status = {
    name: "api",
    state: "burning",
    isMet: false,
    target: "99.9%",
    window: "30d",
    sentence: "412 of 9,310 requests failed.",
    budgetLeftRatio: 0.25,
    budgetLeftEvents: 1_676,
    budgetAllowedEvents: 6_703,
    budgetLeftMinutes: 10.8,
    budgetAllowedMinutes: 43.2,
    exhaustedInMinutes: 244,
    windows: [{ minutes: 60, burn: 44.25, bad: 412, total: 9_310, coverage: 1 }],
    rules: [{ id: "page-fast", longMinutes: 60, shortMinutes: 5, factor: 14.4, verdict: "clear", heldBackBy: "low-traffic" }],
    alerts: [
      { rule: "page-fast", isFiring: true, sinceMinute: Date.UTC(2026, 10, 24, 11, 50) / 60_000 },
      { rule: "budget-low", isFiring: false, sinceMinute: 29_000_000 },
    ],
    exclusions: [{ fromMinute: 29_000_000, toMinute: 29_000_060, reason: "move", by: "anna" }],
  };
  const well = { ...status, name: "web", state: "ok", sentence: "0 of 9 requests failed.", budgetLeftRatio: 1 - 0.9, alerts: [] };
  const almost = { ...status, name: "almost", budgetLeftRatio: 0.0996 };
  const monthly = { ...status, name: "monthly", window: "month UTC", budgetLeftEvents: -20, budgetLeftRatio: -0.0041 };
  const NOON = Date.UTC(2026, 10, 24, 12) / 60_000;
  let ageMinutes = 2;
  const recomputed = [{ ...status.exclusions[0], minute: 29_001_440, total: 600, bad: 60 }];
  const server = createServer((request, response) => {
    const minute = Math.floor(Date.UTC(2026, 10, 24, 12) / 60_000) - 30;
    const slices = [{ sloName: "api", minute, good: 50, total: 100, varGood: 0, varTotal: 0 }];
    if (request.url?.startsWith("/api/v1/reports/")) {
      const title = request.url.slice("/api/v1/reports/".length);
      response.end(JSON.stringify({ title, markdown: `# ${title}\n`, html: `<h1>${title}</h1>` }));
      return;
    }
    response.end(
      JSON.stringify(
        request.url?.includes("/slices")
          ? { slices: request.url.includes("span=1&") ? slices : [] }
          : {
              ...{ minute: NOON - ageMinutes, nowMinute: NOON, slo: status, recomputed },
              slos: [well, almost, status, monthly],
            },
      ),
    );
  });
  let env = {};
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    env = { MONOTASK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, MONOTASK_API_TOKEN: "t" };
  });
  afterAll(() => {
    server.close();
  });

  it("explain an SLO: sentence, budget, windows, rules, exclusions", async () => {
    const { out } = await runCli(["slo", "explain", "api"], { env });
    for (const part of [
      "burning, not met",
      "412 of 9,310",
      "10.8 of 43.2 minutes",
      "Gone in 4 h at the present rate",
      "page-fast has been firing since 2026-11-24 11:50 UTC",
      "1,676 of 6,703 events",
      "44×",
      "too few events",
      "by anna: move",
      "by anna: move (600 events left out, 60 of them bad)",
    ])
      expect(out).toContain(part);
  });

  it.each([
    [["api", "--min-budget", "25%"], 0, "go: 25.0 %"],
    [["api", "--min-budget", "30%"], 1, "stop: 25.0 %"],
    [["none"], 2, 'cannot tell: the evaluator knows no SLO "none"'],
    // 1 − 0.9 is a little less than 0.1: exactly what is asked for is enough.
    [["web", "--min-budget", "10%"], 0, "go: 10.0 %"],
    [["almost", "--min-budget", "10%"], 1, "stop: 9.9 %"],
    [["api", "--min-budget", "much"], 2, ""],
  ])("gate a deploy: %j exits with %i", async (argv, code, reason) => {
    const run = await runCli(["slo", "gate", ...argv], { env });
    expect([run.code, run.out.includes(reason)]).toEqual([code, true]);
  });

  it("say as of when, and what needs somebody first", async () => {
    const { out } = await runCli(["slo", "status"], { env });
    const lines = out.split("\n");
    expect(lines[0]).toBe("As of 2026-11-24 11:58 UTC");
    expect(lines.slice(3, 7).map((line) => line.split(" ")[0])).toEqual(["almost", "api", "monthly", "web"]);
  });

  it("say of a calendar budget that it is overspent, and by how much", async () => {
    const { out } = await runCli(["slo", "explain", "monthly"], { env });
    expect(out).toContain("Target 99.9% over the calendar month (UTC). Budget of 6,703 events overspent by 20 (-0.5 % left).");
    expect(out).toMatch(/^month +44× +412 of 9,310 +100\.0 %$/m);
  });

  it("do not pass off as present what was decided hours ago: neither to people nor to a pipeline", async () => {
    ageMinutes = 180;
    const [shown, explained, gate] = [
      await runCli(["slo", "status"], { env }),
      await runCli(["slo", "explain", "api"], { env }),
      await runCli(["slo", "gate", "web"], { env }),
    ];
    ageMinutes = 2;
    const why = "nothing has been decided since 2026-11-24 09:00 UTC, 3 h ago";
    for (const { out } of [shown, explained]) expect(out.split("\n")[0]).toContain(`This is how it was: ${why}`);
    expect([gate.code, gate.out.includes(`web: cannot tell: ${why}`)]).toEqual([2, true]);
  });

  it("do not read an evaluator that is away as a yes", async () => {
    const run = await runCli(["slo", "gate", "api"], { env: { MONOTASK_URL: "http://127.0.0.1:1", MONOTASK_API_TOKEN: "t" } });
    expect(run.code).toBe(2);
  });

  it("write a report as HTML or Markdown, by the file's name", async () => {
    const html = await runCli(["slo", "report", "--monthly", "--out", "r.html"], { env });
    expect([html.files["r.html"], html.out]).toEqual(["<h1>monthly</h1>", "monthly: written to r.html"]);
    expect((await runCli(["slo", "report", "--current"], { env })).out).toBe("# weekly?current=1");
    expect((await runCli(["slo", "report", "--weekly", "--monthly"], { env })).code).toBe(2);
  });

  it("replay stored slices", async () => {
    const { out } = await runCli(["slo", "replay", "s.yaml", "--since", "2h"], { env, files: { "s.yaml": SPEC } });
    expect(out).toContain("50 of 100 requests failed");
  });
});

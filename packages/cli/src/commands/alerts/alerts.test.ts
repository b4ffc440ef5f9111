import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCli, type CliRun, type CliWorld } from "../../test/run-cli.ts";

const NOON_MS = Date.UTC(2026, 10, 24, 12);
const alert = {
  ...{ id: "3f2a", name: "error-rate", severity: "critical", status: "firing", summary: "5 % of requests fail", description: "" },
  ...{ labels: { worker: "api", environment: "production" }, startsAtMs: NOON_MS - 180_000, count: 412, toldChannels: ["slack"] },
  ...{ value: "5 %", threshold: "1 %", errors: [{ fingerprint: "f1", error: "D1_ERROR", count: 400 }] },
};

const quiet = { ...alert, id: "1d", name: "slow", severity: "warning", summary: "slow", labels: { worker: "web" } };

/** Requests that the evaluator got, and what it answers by method and path. */
let asked: { what: string; body: unknown }[] = [];
const answers: Record<string, { status?: number; answer: unknown }> = {
  "GET /api/v1/alerts?limit=500": { answer: { alerts: [quiet], total: 2, cursor: "1d" } },
  "GET /api/v1/alerts?limit=500&cursor=1d": { answer: { alerts: [alert], total: 2 } },
  "GET /api/v1/alerts/3f2a/explain": {
    answer: {
      explanation: {
        ...{ alertId: "3f2a", alert, route: "routes[1] worker=api", targets: ["slack", "pagerduty"] },
        because: ["Nobody is told while it is silenced (worker=api, by kim: migration)."],
        next: [{ target: "slack", reason: "repeat", atMs: NOON_MS + 3_600_000 }],
        trace: [{ atMs: NOON_MS - 180_000, event: "fired", text: "5 % of requests fail", groupKey: "g" }],
      },
    },
  },
  "GET /api/v1/alerts/none/explain": { status: 404, answer: { error: "no alert or group none is known; see /api/v1/alerts" } },
  "POST /api/v1/alerts/3f2a/acknowledge": { answer: { acknowledged: 2 } },
  "POST /api/v1/silences/preview": { answer: { kind: "preview", hides: [alert] } },
  "POST /api/v1/silences": { answer: { kind: "silenced", silence: { id: "1c9b" }, hides: [alert] } },
  "POST /api/v1/silences/1c9b/end": { answer: { ok: true } },
  "GET /api/v1/silences": {
    answer: {
      silences: [
        {
          ...{ id: "1c9b", matchers: [{ label: "worker", op: "=", value: "api-*" }], by: "kim", why: "migration" },
          ...{ fromMs: NOON_MS, untilMs: NOON_MS + 7_200_000 },
        },
      ],
    },
  },
  "GET /api/v1/alert-history?limit=5": {
    answer: { history: [{ atMs: NOON_MS, event: "told", groupKey: "g", text: "5 % of requests fail (first) → slack" }] },
  },
  "POST /api/v1/alerts/close": { answer: { closed: 3 } },
  "POST /api/v1/alerts/test": {
    answer: { alertId: "7e57", sentTo: ["log"], missing: [{ target: "slack", reason: "not configured, set SLACK_WEBHOOK_URL" }] },
  },
  "POST /api/v1/alerts/drill": { answer: { alertId: "d411", sentTo: ["slack:#drills"], missing: [] } },
};

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk: Buffer) => (text += chunk.toString()));
  request.on("end", () => {
    const what = `${request.method} ${request.url}`;
    asked.push({ what, body: text === "" ? undefined : JSON.parse(text) });
    const { status = 200, answer } = answers[what] ?? { status: 404, answer: { error: `no ${what}` } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
});
let env: Record<string, string> = {};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  env = { MONOTASK_URL: `http://127.0.0.1:${port}`, MONOTASK_API_TOKEN: "right", USER: "kim" };
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
});

async function alerts(words: string, world: CliWorld = {}): Promise<CliRun> {
  return runCli(["alerts", ...words.split(" ").map((word) => word.replaceAll("_", " "))], { env, ...world });
}

describe("monotask alerts", () => {
  it("list shows who is hurt since when, from all pages, and what to do next", async () => {
    const { out, code } = await alerts("list");
    expect(out).toBe(
      [
        "ID    SEVERITY  STATUS  WORKER  ALERT       SINCE",
        "3f2a  critical  firing  api     error-rate  11:57 UTC",
        "1d    warning   firing  web     slow        11:57 UTC",
        "",
        "error-rate: 5 % of requests fail",
        "slow: slow",
        "",
        "Next: monotask alerts explain <ID> says why, monotask alerts ack <ID> takes it.",
      ].join("\n"),
    );
    expect(code).toBe(0);
  });

  it("show names everything that is known", async () => {
    const { out } = await alerts("show 3f");
    for (const known of ["5 % of requests fail", "5 %, threshold 1 %", "412", "slack", "400× D1_ERROR", "11:57 UTC"]) {
      expect(out).toContain(known);
    }
  });

  it("show of an alert that does not fire says where to look", async () => {
    const { err, code } = await alerts("show nope");
    expect([code, err]).toEqual([
      1,
      "monotask: no alert nope fires; monotask alerts explain nope shows its past, monotask alerts list what fires",
    ]);
  });

  it("explain says why, which line decided, what comes next and what was decided", async () => {
    const { out } = await alerts("explain 3f2a");
    expect(out).toBe(
      [
        "5 % of requests fail (critical, firing)",
        "Route: routes[1] worker=api → slack, pagerduty",
        "Nobody is told while it is silenced (worker=api, by kim: migration).",
        "",
        "As things are, next:",
        "  slack: repeat at 13:00 UTC",
        "",
        "What was decided:",
        "  11:57 UTC  fired            5 % of requests fail",
      ].join("\n"),
    );
    expect((await alerts("explain none")).err).toContain("no alert or group none is known");
  });

  it("ack says who", async () => {
    const { out } = await alerts("ack 3f2a");
    expect(asked).toEqual([{ what: "POST /api/v1/alerts/3f2a/acknowledge", body: { by: "kim" } }]);
    expect(out).toContain("2 alerts acknowledged by kim for 4 h");
    const { USER: _user, ...nobody } = env;
    expect((await alerts("ack 3f2a", { env: nobody })).err).toBe("monotask: say who you are: --by <name>");
  });

  it("silence shows what it would hide, and changes nothing without a yes", async () => {
    const words = "silence worker=api --for 2h --why migration";
    const refused = await alerts(words);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain("3f2a  critical");
    expect(asked.map(({ what }) => what)).toEqual(["POST /api/v1/silences/preview"]);

    const { out } = await alerts(words, { answers: ["y"] });
    expect(asked.at(-1)).toEqual({
      what: "POST /api/v1/silences",
      body: { matchers: ["worker=api"], untilMs: NOON_MS + 7_200_000, by: "kim", why: "migration" },
    });
    expect(out).toContain("Silenced until 14:00 UTC");
    expect(out).toContain("monotask alerts unsilence 1c9b");
  });

  it("silence --preview only looks", async () => {
    expect((await alerts("silence worker=api --preview")).code).toBe(0);
    expect(asked.map(({ what }) => what)).toEqual(["POST /api/v1/silences/preview"]);
  });

  it.each([
    ["silence worker=api --why x --yes", "say how long"],
    ["silence worker=api --for 2weeks --why x --yes", "--for 2weeks is no duration"],
    ["silence worker=api --until soon --why x --yes", "--until soon is no time"],
    ["silence worker=api --for 1h --yes", "say why"],
    ["history --limit 0", "--limit 0 is no number"],
  ])("%s is refused: %s", async (words, error) => {
    const { code, err } = await alerts(words);
    expect(code).toBe(2);
    expect(err).toContain(error);
    expect(asked.map(({ what }) => what)).not.toContain("POST /api/v1/silences");
  });

  it("silences and unsilence name them", async () => {
    expect((await alerts("silences")).out).toContain("1c9b  worker=api-*  12:00 UTC  14:00 UTC  kim  migration");
    expect((await alerts("unsilence 1c9b")).out).toContain("Silence 1c9b has ended");
  });

  it("history lists decisions", async () => {
    expect((await alerts("history --limit 5")).out).toContain("12:00 UTC  told");
  });

  it("close asks first", async () => {
    expect((await alerts("close --worker old")).code).toBe(1);
    expect(asked).toEqual([]);
    expect((await alerts("close --worker old --yes")).out).toBe("3 alerts of old ended by kim.");
  });

  it("test names what is not set up, and fails for it", async () => {
    const { out, err, code } = await alerts("test --channel log --channel slack");
    expect([code, err]).toEqual([1, "slack: not configured, set SLACK_WEBHOOK_URL"]);
    expect(out).toContain("A [TEST] message of severity info is on its way to log.");
  });

  it("drill goes to the named targets", async () => {
    expect((await alerts("drill error-rate --to slack:#drills")).out).toContain(
      "A [DRILL] of error-rate is on its way to slack:#drills",
    );
    expect(asked[0]?.body).toEqual({ rule: "error-rate", targets: ["slack:#drills"], by: "kim" });
  });

  it("has words and an example for every verb", async () => {
    for (const verb of [
      "list",
      "show",
      "explain",
      "ack",
      "silence",
      "silences",
      "unsilence",
      "history",
      "close",
      "test",
      "drill",
    ]) {
      expect((await alerts(`${verb} --help`)).out).toContain(`Example: monotask alerts ${verb}`);
    }
  });
});

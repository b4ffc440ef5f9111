import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { desk, type Desk } from "../../test/desk.ts";
import { raise } from "../../test/events.ts";
import { answering, reset, silent, slowBody, startPeer, type Behaviour, type Peer } from "../../test/servers.ts";
import { CHANNEL_NAMES, routingBySeverity, type ChannelDeps, type ChannelName } from "../index.ts";

type Faulty = "slack" | "pagerduty" | "webhook";
const FAULTY: Faulty[] = ["slack", "pagerduty", "webhook"];

/** Secrets that are in addresses, keys and faulty answers, and may turn up nowhere. */
const CANARIES = ["canary-slack-7f3a", "canary0pagerduty0key0canary00000", "canary-webhook-91bd", "canary-sign-secret"];

const well: Record<Faulty, Behaviour> = {
  slack: answering(200, "ok"),
  pagerduty: answering(202, '{"status":"success"}'),
  webhook: answering(204, ""),
};

/** Faults that pass. */
const transient: Record<string, Behaviour> = {
  "429 with Retry-After": answering(429, "rate_limited", { "retry-after": "120" }),
  "429 without Retry-After": answering(429, ""),
  "500": answering(500, `it broke at ${CANARIES[0]}`),
  "502 with a page of HTML": answering(502, `<html>${"bad gateway ".repeat(2_000)}</html>`, { "content-type": "text/html" }),
  "no answer": silent,
  "a connection that breaks": reset,
  "a body that never ends": slowBody,
};

/** Faults that trying again would not cure. */
const permanent: Record<string, Behaviour> = {
  "400": answering(400, '{"status":"invalid event","message":"Event object is invalid","errors":["bad key"]}'),
  "a redirect": answering(302, "", { location: "http://127.0.0.1:1/elsewhere" }),
};

let peers: Record<Faulty, Peer>;
/** A peer counts as silent after this; once it is well again a slow machine may take its time. */
let patienceMs = 600;
let lines: string[] = [];
let mails: string[] = [];

beforeAll(async () => {
  const [slack, pagerduty, webhook] = await Promise.all(FAULTY.map((name) => startPeer(well[name])));
  if (!slack || !pagerduty || !webhook) throw new Error("a server did not start");
  peers = { slack, pagerduty, webhook };
});
afterAll(() => Promise.all(FAULTY.map((name) => peers[name].close())));
beforeEach(() => {
  patienceMs = 600;
  lines = [];
  mails = [];
});
afterEach(() => {
  for (const name of FAULTY) {
    peers[name].behave(well[name]);
    peers[name].got.length = 0;
  }
});

function openDesk(settings: Partial<ChannelDeps["settings"]> = {}, fetchFrom: ChannelDeps["fetch"] = fetch): Desk {
  const deps: ChannelDeps = {
    settings: {
      slackWebhookUrl: `${peers.slack.url}/services/${CANARIES[0]}`,
      pagerDutyRoutingKey: CANARIES[1] ?? "",
      pagerDutyEventsUrl: `${peers.pagerduty.url}/v2/enqueue`,
      webhookUrl: `${peers.webhook.url}/${CANARIES[2]}`,
      webhookSecret: CANARIES[3] ?? "",
      alertEmail: "alerts@monotask.dev",
      allowLoopback: true,
      ...settings,
    },
    fetch: fetchFrom,
    email: { send: async (mail) => void mails.push(JSON.stringify(mail)) },
    write: (line) => void lines.push(line),
    get timeoutMs() {
      return patienceMs;
    },
  };
  return desk(deps, { routing: routingBySeverity({ critical: [...CHANNEL_NAMES], warning: ["slack"], info: ["log"] }) });
}

function others(faulty: ChannelName): ChannelName[] {
  return CHANNEL_NAMES.filter((name) => name !== faulty);
}

/** Everything that leaves or stays, but for the requests to the faulty peer itself, holds no secret. */
function expectNoCanary(t: Desk, faulty: Faulty): void {
  const sent = FAULTY.filter((name) => name !== faulty).map((name) => {
    // What a secret is for: the path of a webhook and the key in PagerDuty's body.
    const bodies = peers[name].got.map(({ text }) => (name === "pagerduty" ? text.replaceAll(CANARIES[1] ?? "", "") : text));
    return bodies.join("\n");
  });
  const everything = [t.everything(), ...lines, ...mails, ...sent].join("\n");
  for (const canary of CANARIES) expect(everything).not.toContain(canary);
}

describe.each(FAULTY)("when %s fails", (faulty) => {
  it.each(Object.entries(transient))(
    "with %s, the others are told in time and it is told once when it recovers",
    async (_, fault) => {
      peers[faulty].behave(fault);
      const t = openDesk();
      await t.at(0, raise("a"));
      await t.at(20);
      for (const name of others(faulty)) expect(t.delivered(name).map(({ deliveredAtMs }) => deliveredAtMs)).toEqual([10_000]);
      expect(t.delivered(faulty)).toEqual([]);
      const attempts = peers[faulty].got.length;
      expect(attempts).toBeGreaterThanOrEqual(1);

      peers[faulty].behave(well[faulty]);
      patienceMs = 10_000;
      await t.at(400);
      expect(t.delivered(faulty)).toMatchObject([{ kind: "firing", attempts: attempts + 1 }]);
      expect(peers[faulty].got).toHaveLength(attempts + 1);
      expect(t.state().jobs.size).toBe(0);
      expectNoCanary(t, faulty);
    },
  );

  it.each(Object.entries(permanent))("with %s, it is not tried again and the others say so", async (_, fault) => {
    peers[faulty].behave(fault);
    const t = openDesk();
    await t.at(0, raise("a"));
    await t.at(300);
    expect(peers[faulty].got).toHaveLength(1);
    for (const name of others(faulty)) expect(t.delivered(name).map(({ reason }) => reason)).toEqual(["first", "channel-failed"]);
    expect(mails.at(-1)).toContain(`Not told: ${faulty}: `);
    expectNoCanary(t, faulty);
  });

  it("because its name does not resolve, the others are told in time, and it once when the name does", async () => {
    const nowhere = { slack: "slackWebhookUrl", pagerduty: "pagerDutyEventsUrl", webhook: "webhookUrl" } as const;
    let resolves = false;
    const throughDns: ChannelDeps["fetch"] = (url, init) =>
      fetch(resolves ? url.replace("https://nowhere.invalid", peers[faulty].url) : url, init);
    const settings = { [nowhere[faulty]]: `https://nowhere.invalid/${CANARIES[2]}`, webhookHosts: ["nowhere.invalid"] };
    const t = openDesk(settings, throughDns);
    await t.at(0, raise("a"));
    await t.at(60);
    for (const name of others(faulty)) expect(t.delivered(name).map(({ deliveredAtMs }) => deliveredAtMs)).toEqual([10_000]);
    expect(t.records().find(({ channel }) => channel === faulty)).toMatchObject({ status: "pending" });
    expectNoCanary(t, faulty);
    resolves = true;
    patienceMs = 10_000;
    await t.at(400);
    expect(t.delivered(faulty)).toMatchObject([{ kind: "firing" }]);
    expect(peers[faulty].got).toHaveLength(1);
    expectNoCanary(t, faulty);
  });
});

describe("the generic webhook", () => {
  it("signs what it sends, and names the notification so that a receiver can drop a repeat", async () => {
    const t = openDesk();
    await t.at(0, raise("a"));
    await t.at(60);
    const [got] = peers.webhook.got;
    expect(got?.headers["x-monotask-signature"]).toMatch(/^v1=[0-9a-f]{64}$/);
    expect(got?.headers["idempotency-key"]).toBe(t.delivered("webhook")[0]?.id);
    expect(JSON.parse(got?.text ?? "")).toMatchObject({
      version: 1,
      kind: "firing",
      severity: "critical",
      labels: { worker: "api" },
    });
  });

  it("calls no host that is not allowed by name, and says how to allow it", async () => {
    const t = openDesk({ webhookUrl: `https://elsewhere.example/${CANARIES[2]}`, webhookHosts: ["hooks.example"] });
    await t.at(0, raise("a"));
    await t.at(60);
    expect(t.records().find(({ channel }) => channel === "webhook")).toMatchObject({
      status: "not-configured",
      detail: "the host of ALERT_WEBHOOK_URL is not allowed, name it in ALERT_WEBHOOK_HOSTS",
    });
    expectNoCanary(t, "webhook");
  });
});

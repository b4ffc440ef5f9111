import { describe, expect, it } from "vitest";
import { alertFrom, burn, DECIDED_AT_MS, notificationOf } from "../../test/notifications.ts";
import { handleActionPage, viewOf, type AlertQuery, type SilenceRequest } from "../index.ts";
import { actionLinks } from "./action-links.ts";

const SECRET = "link-canary";
const notification = notificationOf([alertFrom(burn)]);
const HOUR_MS = 3_600_000;

/** An AlertManager with the one alert open, and what was asked of it. */
function desk(
  isOpen = true,
  has?: string,
): { open: (url: string, init?: RequestInit, nowMs?: number) => Promise<Response>; did: unknown[] } {
  const did: unknown[] = [];
  const acknowledged = has === undefined ? undefined : { by: has, atMs: DECIDED_AT_MS, untilMs: DECIDED_AT_MS + 4 * HOUR_MS };
  const alerts = {
    page: async ({ groupKey }: AlertQuery = {}) => {
      const alert = viewOf({ ...alertFrom(burn), ...(acknowledged && { acknowledged }) });
      const alerts = isOpen && groupKey === alert.groupKey ? [alert] : [];
      return { alerts, total: alerts.length };
    },
    acknowledge: async (target: string, by: string) => {
      did.push(["acknowledge", target, by]);
      return { acknowledged: acknowledged ? 0 : 1 };
    },
    silence: async (request: SilenceRequest) => {
      did.push(["silence", request]);
      const silence = { ...request, id: "s1", matchers: [], fromMs: 0, createdAtMs: 0 };
      return { kind: "silenced" as const, silence, hides: [] };
    },
  };
  return {
    did,
    open: (url, init, nowMs = DECIDED_AT_MS) => handleActionPage(new Request(url, init), { secret: SECRET, alerts, nowMs }),
  };
}

async function urlOf(text: string): Promise<string> {
  const links = await actionLinks(notification, { baseUrl: "https://evaluator.example", secret: SECRET });
  return links.find((link) => link.text === text)?.url ?? "";
}

const posted = (by: string): RequestInit => ({ method: "POST", body: new URLSearchParams({ by }).toString() });

describe("a link in a message", () => {
  it("changes nothing when it is opened, by a person or a preview", async () => {
    for (const method of ["GET", "HEAD"]) {
      const { open, did } = desk();
      const response = await open(await urlOf("Acknowledge"), { method });
      expect(response.status).toBe(200);
      if (method === "GET") expect(await response.text()).toContain('<form method="post">');
      expect(did).toEqual([]);
    }
  });

  it("acknowledges the whole group once somebody confirms with a name", async () => {
    const { open, did } = desk();
    const response = await open(await urlOf("Acknowledge"), posted(" Kim\r\n<b> "));
    expect(did).toEqual([["acknowledge", notification.groupKey, "Kim <b>"]]);
    expect(await response.text()).toContain("acknowledged by Kim &lt;b&gt;");
  });

  it("tells who comes second whose it is", async () => {
    const text = await (await desk(true, "kim").open(await urlOf("Acknowledge"), posted("lee"))).text();
    expect(text).toContain("kim has it");
    expect(text).not.toContain("It is yours");
  });

  it("silences the group for an hour once somebody confirms", async () => {
    const { open, did } = desk();
    await open(await urlOf("Silence 1 h"), posted("kim"));
    const matchers = ["environment=production", "worker=api-gateway", "symptom=availability"];
    expect(did).toEqual([["silence", { matchers, untilMs: DECIDED_AT_MS + HOUR_MS, by: "kim", why: "silenced from a message" }]]);
  });

  it("asks again for a name, and does nothing without one", async () => {
    const { open, did } = desk();
    expect((await open(await urlOf("Acknowledge"), posted("  "))).status).toBe(400);
    expect(did).toEqual([]);
  });

  it("is void when it is forged, changed, of another secret or older than a day", async () => {
    const { open, did } = desk();
    const url = await urlOf("Acknowledge");
    const foreign = await actionLinks(notification, { baseUrl: "https://evaluator.example", secret: "other" });
    const forged = [
      url.replace("do=acknowledge", "do=silence"),
      url.replace("api-gateway", "web"),
      url.slice(0, -1),
      foreign[0]?.url ?? "",
    ];
    for (const one of forged) expect((await open(one, posted("kim"))).status).toBe(403);
    expect((await open(url, posted("kim"), DECIDED_AT_MS + 24 * HOUR_MS)).status).toBe(403);
    expect(did).toEqual([]);
  });

  it("says that nobody needs to do anything once it is over", async () => {
    const { open, did } = desk(false);
    expect(await (await open(await urlOf("Acknowledge"), posted("kim"))).text()).toContain("Nobody needs to do anything.");
    expect(did).toEqual([]);
  });

  it("runs nothing and is framed by nobody", async () => {
    const { headers } = await desk().open(await urlOf("Acknowledge"));
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect([headers.get("cache-control"), headers.get("referrer-policy")]).toEqual(["no-store", "no-referrer"]);
  });
});

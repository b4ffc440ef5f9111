import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startInbox, type Inbox } from "./inbox.ts";

let inbox: Inbox;

beforeEach(async () => {
  inbox = await startInbox({ port: 0, clock: { now: () => Date.UTC(2026, 0, 1) } });
});

afterEach(() => inbox.close());

function post(path: string, body: string): Promise<Response> {
  return fetch(inbox.url + path, { method: "POST", body });
}

describe("the inbox", () => {
  it("answers Slack's webhook with ok", async () => {
    const response = await post("/slack", '{"text":"down"}');
    expect([response.status, await response.text()]).toEqual([200, "ok"]);
  });

  it("answers PagerDuty's events with 202 and the event's key", async () => {
    const response = await post("/pagerduty/v2/enqueue", '{"event_action":"trigger","dedup_key":"k1"}');
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ status: "success", message: "Event processed", dedup_key: "k1" });
  });

  it("keeps what each channel got, in order, by the stack's clock, unchanged", async () => {
    const odd = '{ "text" :"<b>é \\u0000 & done</b>" }\n';
    await post("/slack", odd);
    await post("/email", '{"to":"a@example.com"}');
    const messages: unknown = await (await fetch(`${inbox.url}/inbox.json`)).json();
    expect(messages).toEqual([
      { channel: "slack", at: "2026-01-01T00:00:00.000Z", body: odd },
      { channel: "email", at: "2026-01-01T00:00:00.000Z", body: '{"to":"a@example.com"}' },
    ]);
  });

  it("shows on its page the text that came and runs none of it", async () => {
    await post("/slack", "<script>alert(1)</script>&amp;");
    const response = await fetch(inbox.url);
    const page = await response.text();
    expect(page).toContain("\n&#60;script&#62;alert(1)&#60;/script&#62;&#38;amp;</pre>");
    expect(page).not.toContain("<script>");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("forgets everything on DELETE", async () => {
    await post("/slack", "x");
    expect((await fetch(inbox.url, { method: "DELETE" })).status).toBe(204);
    expect(await (await fetch(`${inbox.url}/inbox.json`)).json()).toEqual([]);
  });

  it("takes nothing on a path that is no channel", async () => {
    expect((await post("/teams", "x")).status).toBe(404);
    expect((await fetch(`${inbox.url}/slack`)).status).toBe(405);
    expect(await (await fetch(`${inbox.url}/inbox.json`)).json()).toEqual([]);
  });
});

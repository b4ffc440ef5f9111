import { afterEach, describe, expect, it } from "vitest";
import { startPeer, type Behaviour, type Peer } from "../../test/peer.ts";
import { defineQuery } from "./query.ts";
import { createSqlApi, type QueryResult } from "./sql-api.ts";

const TOKEN = "secret-token-of-the-api";
const QUERY = defineQuery<"request">({
  kinds: ["request"],
  fromMs: 0,
  toMs: 60_000,
  select: { requests: { measure: "count" }, p95: { measure: "quantile", field: "durationMs", q: 0.95 } },
});
const ANSWER = {
  meta: [
    { name: "requests", type: "UInt64" },
    { name: "p95", type: "Float64" },
  ],
  data: [{ requests: "9007199254740991", p95: 12.5 }],
  rows: 1,
};

let peer: Peer | undefined;
afterEach(async () => {
  await peer?.close();
  peer = undefined;
});

/** Asks a peer that behaves so; gives the answer, what the peer was sent and the waits between attempts. */
async function ask(
  behave: Behaviour,
  options: { readonly timeoutMs?: number; readonly attempts?: number } = {},
): Promise<{ readonly result: QueryResult; readonly peer: Peer; readonly waitsMs: readonly number[] }> {
  peer = await startPeer(behave);
  const waitsMs: number[] = [];
  const api = createSqlApi({
    url: peer.url,
    token: TOKEN,
    dataset: "monotask",
    sleep: (ms) => {
      waitsMs.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  return { result: await api.run(QUERY), peer, waitsMs };
}

const answer =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(body);

describe("the SQL API adapter", () => {
  it("sends the statement as the body, with the token as bearer", async () => {
    const { peer } = await ask(answer(200, JSON.stringify(ANSWER)));
    expect(peer.received[0]?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(peer.received[0]?.body).toMatch(/^SELECT .* FROM monotask WHERE .* FORMAT JSON$/);
  });

  it("makes numbers of the columns that are numbers, quoted or not", async () => {
    const { result } = await ask(answer(200, JSON.stringify(ANSWER)));
    expect(result).toEqual({ kind: "rows", rows: [{ requests: 9_007_199_254_740_991, p95: 12.5 }] });
  });

  it("gives no number for a null, which is not zero", async () => {
    const { result } = await ask(answer(200, JSON.stringify({ ...ANSWER, data: [{ requests: "0", p95: null }] })));
    expect(result).toMatchObject({ rows: [{ requests: 0, p95: Number.NaN }] });
  });

  it.each(["Unknown table monotask", "unable to find type of column: double1"])(
    "takes %j for no data: nothing was written yet",
    async (text) => {
      const { result } = await ask(answer(422, text));
      expect(result).toEqual({ kind: "no-data" });
    },
  );

  it("says that a query was refused, and does not send it again", async () => {
    const { result, peer } = await ask(answer(422, "unknown function call: uniq"));
    expect(result).toMatchObject({ kind: "failed", code: "invalid", isRetryable: false });
    expect(result).toHaveProperty("message", expect.stringContaining("unknown function call: uniq"));
    expect(peer.received).toHaveLength(1);
  });

  it.each([401, 403])("says on %i which permission the token needs, and does not try again", async (status) => {
    const { result, peer } = await ask(answer(status, "Authentication error"));
    expect(result).toMatchObject({ code: "unauthorised", message: expect.stringContaining("Account Analytics Read") as string });
    expect(peer.received).toHaveLength(1);
  });

  it("tries again after 429, as long after as it is told", async () => {
    const { result, waitsMs } = await ask((response, n) =>
      n === 1 ? response.writeHead(429, { "retry-after": "3" }).end() : response.end(JSON.stringify(ANSWER)),
    );
    expect([result.kind, waitsMs]).toEqual(["rows", [3_000]]);
  });

  it("waits no longer than 10 s, whatever it is told: a tick has its minute", async () => {
    const { waitsMs } = await ask(answer(429, "", { "retry-after": "3600" }));
    expect(waitsMs).toEqual([10_000, 10_000]);
  });

  it("tries a failing server three times, each after twice the wait, and says what it answered", async () => {
    const { result, peer, waitsMs } = await ask(answer(502, "<html>Bad gateway</html>"));
    expect([peer.received.length, waitsMs]).toEqual([3, [250, 500]]);
    expect(result).toMatchObject({ code: "unavailable", message: "Analytics Engine answered 502: <html>Bad gateway</html>" });
  });

  it("is told apart from an engine by a page of HTML that comes as 200", async () => {
    const { result } = await ask(answer(200, "<!doctype html><title>Just a moment</title>"));
    expect(result).toMatchObject({ code: "not-json", message: expect.stringContaining("<!doctype html>") as string });
  });

  it("gives up on a server that never answers, once for each attempt", async () => {
    const { result, peer } = await ask(() => undefined, { timeoutMs: 20, attempts: 2 });
    expect(result).toMatchObject({ code: "timeout", message: "Analytics Engine gave no answer within 20 ms" });
    expect(peer.received).toHaveLength(2);
  });

  it("gives up on an answer that begins and never ends", async () => {
    const { result } = await ask((response) => response.writeHead(200).write("{"), { timeoutMs: 20, attempts: 1 });
    expect(result).toMatchObject({ code: "timeout" });
  });

  it("says that nobody listens", async () => {
    const gone = await startPeer(() => undefined);
    await gone.close();
    const api = createSqlApi({ url: gone.url, token: TOKEN, dataset: "monotask", attempts: 1 });
    expect(await api.run(QUERY)).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("ECONNREFUSED") as string,
    });
  });

  it("says that a connection was cut", async () => {
    const { result } = await ask((response) => response.destroy(), { attempts: 1 });
    expect(result).toMatchObject({ code: "unavailable", isRetryable: true });
  });

  it("never shows the token, also where the peer echoes it", async () => {
    const { result } = await ask(answer(500, `your header was Bearer ${TOKEN}`), { attempts: 1 });
    expect(JSON.stringify(result)).toContain("Bearer [token]");
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });

  it("never shows the token, also where a page that came as 200 echoes it", async () => {
    const { result } = await ask(answer(200, `<p>Bearer ${TOKEN}</p>`), { attempts: 1 });
    expect(result).toMatchObject({ code: "not-json", message: expect.stringContaining("Bearer [token]") as string });
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });

  it("tries again after an answer that was cut off", async () => {
    const { result, waitsMs } = await ask((response, n) => {
      const whole = JSON.stringify(ANSWER);
      response.end(n === 1 ? whole.slice(0, whole.length / 2) : whole);
    });
    expect([result.kind, waitsMs]).toEqual(["rows", [250]]);
  });

  it("asks nobody when the query itself is wrong", async () => {
    peer = await startPeer(answer(200, "{}"));
    const api = createSqlApi({ url: peer.url, token: TOKEN, dataset: "monotask" });
    expect(await api.run({ ...QUERY, select: {} })).toMatchObject({ code: "invalid" });
    expect(peer.received).toEqual([]);
  });
});

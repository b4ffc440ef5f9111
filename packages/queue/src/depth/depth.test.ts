import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readDepths, withSecondSource } from "./depth.ts";
import { readGraphqlDepths } from "./graphql.ts";
import { readQueueIds } from "./queue-ids.ts";

const NOW_MS = Date.parse("2026-11-24T12:00:00Z");

describe("depths from bindings", () => {
  const binding = (metrics: unknown) => ({ metrics: async () => metrics });

  it("are counts, bytes and the age of the oldest message, by queue name", async () => {
    const { depths, failures } = await readDepths(
      {
        jobs: binding({ backlogCount: 120, backlogBytes: 4_800, oldestMessageTimestamp: new Date(NOW_MS - 90_000) }),
        "jobs-dlq": binding({ backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: new Date(0) }),
      },
      NOW_MS,
    );
    expect(depths).toEqual([
      { queue: "jobs", count: 120, bytes: 4_800, source: "binding", oldestAgeMs: 90_000 },
      { queue: "jobs-dlq", count: 0, bytes: 0, source: "binding" },
    ]);
    expect(failures).toEqual([]);
  });

  it("that cannot be read are named and hold no other back", async () => {
    vi.useFakeTimers();
    const reading = readDepths(
      {
        absent: undefined,
        broken: { metrics: () => Promise.reject(new Error("queue is gone")) },
        hanging: { metrics: () => new Promise(() => undefined) },
        odd: binding({}),
        sound: binding({ backlogCount: 1, backlogBytes: 1 }),
      },
      NOW_MS,
    );
    await vi.advanceTimersByTimeAsync(5_000);
    const { depths, failures } = await reading;
    vi.useRealTimers();
    expect(depths.map(({ queue }) => queue)).toEqual(["sound"]);
    expect(failures.map(({ queue, message }) => `${queue}: ${message}`)).toEqual([
      "absent: the binding has no metrics(): bind the queue as a producer and use workerd from 2026 on",
      "broken: queue is gone",
      "hanging: metrics() has not answered within 5 s",
      "odd: metrics() answered without a backlog",
    ]);
  });
});

describe("depths from Cloudflare's GraphQL API", () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  async function read(status: number, body: string, queueIds: Record<string, string> = { jobs: "q1" }) {
    const requests: { authorization: string | undefined; variables: unknown }[] = [];
    server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        const sent = JSON.parse(text) as { variables: unknown };
        requests.push({ authorization: request.headers.authorization, variables: sent.variables });
        response.writeHead(status).end(body);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const reading = await readGraphqlDepths({ accountId: "acc", token: "secret-token", queueIds, url }, NOW_MS);
    return { requests, reading };
  }

  const group = (queueId: string, messages: number) => ({
    avg: { messages, bytes: messages * 10 },
    dimensions: { queueId, datetimeMinute: "2026-11-24T11:58:00Z" },
  });
  const answer = (...groups: object[]) =>
    JSON.stringify({ data: { viewer: { accounts: [{ queueBacklogAdaptiveGroups: groups }] } }, errors: null });

  it("are each queue's newest value; a queue without one is named", async () => {
    const { reading, requests } = await read(200, answer(group("q1", 12), group("q1", 90)), { jobs: "q1", other: "q2" });
    expect(reading.depths).toEqual([{ queue: "jobs", count: 12, bytes: 120, source: "graphql" }]);
    expect(reading.failures).toMatchObject([{ queue: "other", message: expect.stringContaining("q2") as string }]);
    expect(requests).toMatchObject([
      {
        authorization: "Bearer secret-token",
        variables: { account: "acc", from: "2026-11-24T11:45:00.000Z", queues: ["q1", "q2"] },
      },
    ]);
  });

  it.each([
    ["a refusal", 403, "", "needs Account Analytics Read"],
    ["an error inside a 200", 200, JSON.stringify({ data: null, errors: [{ message: "unknown field" }] }), "unknown field"],
    ["HTML", 200, "<html>", "no usable answer"],
    ["a failure", 502, "bad gateway", "answered 502"],
  ])("say what is wrong after %s, without the token", async (_what, status, body, words) => {
    const { reading } = await read(status, body);
    expect(reading.depths).toEqual([]);
    expect(reading.failures[0]?.message).toContain(words);
    expect(JSON.stringify(reading)).not.toContain("secret-token");
  });

  it("fill in only what the bindings do not have", () => {
    const first = {
      depths: [{ queue: "jobs", count: 1, bytes: 1, source: "binding" as const }],
      failures: [{ queue: "far", message: "no binding" }],
    };
    const second = {
      depths: [
        { queue: "jobs", count: 9, bytes: 9, source: "graphql" as const },
        { queue: "far", count: 5, bytes: 5, source: "graphql" as const },
      ],
      failures: [],
    };
    const both = withSecondSource(first, second);
    expect(both.depths.map(({ queue, count }) => [queue, count])).toEqual([
      ["jobs", 1],
      ["far", 5],
    ]);
    expect(both.failures).toEqual([]);
  });
});

describe("QUEUE_IDS", () => {
  const id = "0123456789abcdef0123456789abcdef";

  it.each([
    ["absent", undefined, { kind: "none" }],
    ["JSON in a text", `{"jobs":"${id}"}`, { kind: "ids", ids: { jobs: id } }],
    ["an object that wrangler parsed", { jobs: id }, { kind: "ids", ids: { jobs: id } }],
  ])("is read when it is %s", (_what, value, read) => {
    expect(readQueueIds(value)).toEqual(read);
  });

  it.each([
    ["no JSON", "jobs=1", "QUEUE_IDS is no JSON object of queue ids by queue name"],
    ["a list", `["${id}"]`, "QUEUE_IDS is no JSON object of queue ids by queue name"],
    ["a name for an id", `{"jobs":"jobs"}`, "QUEUE_IDS: the id of jobs is not 32 hex digits"],
  ])("says what is wrong when it is %s, and how it is written", (_what, value, words) => {
    const read = readQueueIds(value);
    expect(read.kind === "wrong" && read.message).toContain(words);
    expect(read.kind === "wrong" && read.message).toContain("wrangler queues list prints the ids");
  });
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readPlatform, type PlatformReading } from "./read-platform.ts";

/** Answers in the documented shape, by the node that is asked for. */
const RECORDED: Readonly<Record<string, object[]>> = {
  cpuTimeP50: [
    {
      sum: { requests: 1200, errors: 3 },
      quantiles: { cpuTimeP50: 2100, cpuTimeP99: 9000, wallTimeP50: 31_000, wallTimeP99: 410_000 },
      dimensions: { scriptName: "api" },
    },
  ],
  memoryUsageBytesP50: [
    { quantiles: { memoryUsageBytesP50: 31_457_280, memoryUsageBytesP99: 62_914_560 }, dimensions: { scriptName: "api" } },
  ],
  d1AnalyticsAdaptiveGroups: [
    { sum: { readQueries: 5, writeQueries: 2, rowsRead: 70, rowsWritten: 4 }, dimensions: { databaseId: "db-1" } },
  ],
  kvOperationsAdaptiveGroups: [{ sum: { requests: 9 }, dimensions: { actionType: "read", namespaceId: "ns-1" } }],
};

interface Seen {
  readonly query: string;
  readonly variables: Record<string, string>;
  readonly authorization: string | undefined;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A GraphQL server on loopback. */
async function api(answer: (seen: Seen) => { status?: number; body: string }): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { query, variables } = JSON.parse(body) as Seen;
      const one = { query, variables, authorization: request.headers.authorization };
      seen.push(one);
      const { status = 200, body: text } = answer(one);
      response.writeHead(status).end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen };
}

const groupsFor = ({ query }: Seen): { body: string } => {
  const [, groups = []] = Object.entries(RECORDED).find(([word]) => query.includes(word)) ?? [];
  return { body: JSON.stringify({ data: { viewer: { accounts: [{ groups }] } }, errors: null }) };
};

const NOW_MS = Date.UTC(2026, 10, 24, 12, 7);
const read = (url: string): Promise<PlatformReading> => readPlatform({ accountId: "acc", token: "secret", url }, NOW_MS);

describe("the platform's figures", () => {
  it("become gauges by worker, database and namespace, in our units", async () => {
    const { url } = await api(groupsFor);
    const { gauges, failures } = await read(url);
    expect(failures).toEqual([]);
    expect(gauges.map(({ name, subject, value }) => `${name} ${subject} ${value}`)).toEqual([
      "worker.requests api 1200",
      "worker.errors api 3",
      "worker.cpu.p50 api 2.1",
      "worker.cpu.p99 api 9",
      "worker.wall.p50 api 31",
      "worker.wall.p99 api 410",
      "worker.memory.p50 api 31457280",
      "worker.memory.p99 api 62914560",
      "d1.readQueries db-1 5",
      "d1.writeQueries db-1 2",
      "d1.rowsRead db-1 70",
      "d1.rowsWritten db-1 4",
      "kv.read ns-1 9",
    ]);
  });

  it("are asked for the last whole five minutes that the platform knows, with the token", async () => {
    const { url, seen } = await api(groupsFor);
    await read(url);
    expect(seen[0]?.variables).toEqual({ account: "acc", from: "2026-11-24T11:55:00.000Z", to: "2026-11-24T12:00:00.000Z" });
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer secret"]));
  });

  it("are there even if one question fails, which is named", async () => {
    const { url } = await api((seen) =>
      seen.query.includes("memoryUsageBytes")
        ? { body: JSON.stringify({ data: null, errors: [{ message: "unknown field memoryUsageBytesP50" }] }) }
        : groupsFor(seen),
    );
    const { gauges, failures } = await read(url);
    expect(failures).toEqual(["workersInvocationsAdaptive: unknown field memoryUsageBytesP50"]);
    expect(gauges.some(({ name }) => name === "worker.cpu.p50")).toBe(true);
  });

  it.each([
    [
      "a refused token",
      { status: 403, body: "" },
      "Cloudflare's GraphQL API refused the token (403): it needs Account Analytics Read",
    ],
    ["an answer that is not JSON", { body: "<html>" }, "workersInvocationsAdaptive: no usable answer (SyntaxError)"],
    ["a failure of the server", { status: 502, body: "" }, "Cloudflare's GraphQL API answered 502 to workersInvocationsAdaptive"],
  ])("say %s, without the token", async (_what, answer, message) => {
    const { url } = await api(() => answer);
    const { gauges, failures } = await read(url);
    expect(gauges).toEqual([]);
    expect(failures[0]).toBe(message);
    expect(failures.join()).not.toContain("secret");
  });

  it.each([
    ["an account that the token does not see", { viewer: { accounts: [] } }],
    ["an answer without groups", { viewer: { accounts: [{ groups: null }] } }],
    ["an empty answer", null],
  ])("do not take %s for workers that nobody invoked", async (_what, data) => {
    const { url } = await api(() => ({ body: JSON.stringify({ data, errors: null }) }));
    const { gauges, failures, invocations } = await read(url);
    expect([gauges, invocations]).toEqual([[], undefined]);
    expect(failures[0]).toBe("workersInvocationsAdaptive: the answer tells of no account; check CLOUDFLARE_ACCOUNT_ID");
  });

  it("do not take a worker that a full answer leaves out for one that nobody invoked", async () => {
    const groups = Array.from({ length: 1_000 }, (_, n) => ({
      sum: { requests: 1, errors: 0 },
      dimensions: { scriptName: `w${n}` },
    }));
    const { url } = await api(() => ({ body: JSON.stringify({ data: { viewer: { accounts: [{ groups }] } } }) }));
    const { gauges, failures, invocations } = await read(url);
    expect(invocations).toBeUndefined();
    expect(gauges.filter(({ name }) => name === "worker.requests")).toHaveLength(1_000);
    expect(failures).toContain("workersInvocationsAdaptive: only the first 1000 groups are read");
  });

  it("know who was invoked, and leave out a group without a name", async () => {
    const groups = [
      { sum: { requests: 7, errors: 0 }, dimensions: { scriptName: "api" } },
      { sum: { requests: 9, errors: 0 }, dimensions: { scriptName: null } },
    ];
    const { url } = await api(() => ({ body: JSON.stringify({ data: { viewer: { accounts: [{ groups }] } } }) }));
    const { gauges, invocations } = await read(url);
    expect(invocations?.requests).toEqual({ api: 7 });
    expect(new Set(gauges.map(({ subject }) => subject))).toEqual(new Set(["api"]));
  });

  it("name what is missing where nothing is set up", async () => {
    const { failures } = await readPlatform({ accountId: undefined, token: undefined }, NOW_MS);
    expect(failures.map((failure) => failure.split(" ")[0])).toEqual(["CLOUDFLARE_ACCOUNT_ID", "ANALYTICS_API_TOKEN"]);
  });
});

import { startAnalyticsEngine, type AnalyticsEngineServer, type TimedDataPoint } from "@monotask/analytics-engine-local";
import { createSqlApi, encodePoint } from "@monotask/telemetry";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groupErrors } from "../../app/error-groups.ts";
import type { ErrorAnswer, ErrorGroup } from "../../app/error-groups.ts";
import { MOST_COUNTED, MOST_GROUPS } from "../queries/errors.ts";
import { errorRoutes } from "./errors.ts";
import { depsAt } from "../test/api-deps.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 10, 24, 12);
/** More messages of one bug than places of all groups together were ever read for. */
const MESSAGES = 6_000;

let engine: AnalyticsEngineServer;
let api: Hono;

beforeAll(async () => {
  engine = await startAnalyticsEngine({ port: 0, data: { kind: "memory" }, token: "t" });
  await engine.write("monotask", [
    ...Array.from({ length: MESSAGES }, (_, at) =>
      error(1, { fingerprint: "loud", endpoint: at % 4 === 0 ? "/a" : "/b", message: `no task ${at}` }),
    ),
    error(0.5, { fingerprint: "loud", endpoint: "/b", message: "no task at all" }),
    error(20, { fingerprint: "old", message: "long ago" }),
    ...Array.from({ length: MOST_COUNTED }, (_, at) => error(2, { fingerprint: `rare${at}`, severity: "info" })),
  ]);
  const port = createSqlApi({ url: engine.sqlUrl, token: "t", dataset: "monotask" });
  api = new Hono();
  errorRoutes(api, depsAt(NOW_MS, port));
});

afterAll(() => engine.close());

describe("error groups", () => {
  it("have all of their routes, however many messages they come with", async () => {
    const [loud] = groupErrors(await answer(7));
    const expected: Partial<ErrorGroup> = {
      fingerprint: "loud",
      events: MESSAGES + 1,
      message: "no task at all",
      endpoints: [
        ["/b", (3 * MESSAGES) / 4 + 1],
        ["/a", MESSAGES / 4],
      ],
    };
    expect(loud).toMatchObject(expected);
  });

  it("are the most frequent ones where there are many, and the rest is counted", async () => {
    const { groups, more } = await answer(7);
    expect([groups.length, more]).toEqual([MOST_GROUPS, { groups: MOST_COUNTED - MOST_GROUPS, isLeast: true }]);
  });

  it("that are rare are found by their own address", async () => {
    const { groups, trend } = await answer(7, "&fingerprint=rare7");
    expect([groups.map(({ fingerprint }) => fingerprint), trend.map(({ events }) => events)]).toEqual([["rare7"], [1]]);
  });

  it("of a year are those of its last month, and it says so", async () => {
    const { isCut, fromMs, more } = await answer(365, "&fingerprint=old");
    expect([isCut, fromMs >= NOW_MS - 31 * DAY_MS, more]).toEqual([true, true, { groups: 0, isLeast: false }]);
  });

  it("of a range that ended before it cannot be read", async () => {
    const range = `from=${NOW_MS - 90 * DAY_MS}&to=${NOW_MS - 60 * DAY_MS}`;
    expect((await api.request(`/api/errors?${range}`)).status).toBe(400);
  });
});

async function answer(days: number, more = ""): Promise<ErrorAnswer> {
  const response = await api.request(`/api/errors?from=${NOW_MS - days * DAY_MS}&to=${NOW_MS}${more}`);
  return response.json<ErrorAnswer>();
}

interface Told {
  readonly fingerprint: string;
  readonly endpoint?: string;
  readonly message?: string;
  readonly severity?: string;
}

function error(daysAgo: number, { endpoint = "/c", message = "boom", severity = "warning", ...told }: Told): TimedDataPoint {
  const point = { ...told, endpoint, message, severity, errorName: "Error", workerName: "api", sampleWeight: 1 };
  return { ...encodePoint("error", point), timestamp: NOW_MS - daysAgo * DAY_MS };
}

import { withSentry } from "@sentry/cloudflare";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { monitor } from "./index.ts";

type Fetch = (request: Request, env: object, ctx: ExecutionContext) => Response | Promise<Response>;

const kinds: string[] = [];
const told: string[] = [];
const env = {
  METRICS_SAMPLING_RATE: "1",
  ANALYTICS: { writeDataPoint: ({ blobs }: { blobs: string[] }) => void kinds.push(blobs[5] ?? "") },
  ALERT_MANAGER: { getByName: () => ({ raise: () => Promise.resolve({ accepted: 1, duplicate: false }) }) },
};
const ctx = {
  waitUntil: () => undefined,
  passThroughOnException: () => undefined,
  props: {},
} as unknown as ExecutionContext;

/** Nothing leaves the machine: what Sentry would send ends in `told`. */
const sentry = () => ({
  dsn: "https://key@sentry.test/1",
  cacheClient: false,
  beforeSend(event: { exception?: { values?: { value?: string }[] } }) {
    told.push(event.exception?.values?.[0]?.value ?? "");
    return null;
  },
});

function inBothOrders(fetch: Fetch): readonly (readonly [string, { fetch: Fetch }])[] {
  const options = { workerName: "both" };
  return [
    ["monitor around withSentry", monitor(withSentry(sentry, { fetch } as never) as unknown as { fetch: Fetch }, options)],
    ["withSentry around monitor", withSentry(sentry, monitor({ fetch }, options) as never)],
  ];
}

beforeEach(() => {
  kinds.length = 0;
  told.length = 0;
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

describe("beside Sentry", () => {
  it.each(inBothOrders(() => new Response("served", { status: 201 })))("%s: one request, one point", async (_order, handler) => {
    const response = await handler.fetch(new Request("https://api.test/"), env, ctx);
    expect([response.status, await response.text()]).toEqual([201, "served"]);
    expect(kinds).toEqual(["request"]);
    expect(told).toEqual([]);
  });

  it.each(inBothOrders(() => Promise.reject(new Error("both must hear"))))(
    "%s: one error, told once by each",
    async (_order, handler) => {
      await expect(handler.fetch(new Request("https://api.test/"), env, ctx)).rejects.toThrow("both must hear");
      await vi.waitFor(() => expect(told).toEqual(["both must hear"]));
      expect(kinds.toSorted()).toEqual(["error", "request"]);
    },
  );
});

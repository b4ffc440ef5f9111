import type { Notification } from "@monotask/alerts";
import type { Query, QueryPort } from "@monotask/telemetry";
import { expect, it } from "vitest";
import { diagnosed } from "./first-diagnosis.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const ROW = {
  message: "D1_ERROR: no such column: priority",
  method: "POST",
  endpoint: "/api/tasks",
  version: "3f2a",
  errors: 87,
};

function notification(runbook: string): Notification {
  const signal = { labels: { worker: "api" }, runbook };
  return { startsAtMs: NOW - 60_000, decidedAtMs: NOW, alerts: [{ signal }] } as unknown as Notification;
}

function port(rows: (query: Query) => (typeof ROW)[]): QueryPort & { asked: Query[] } {
  const asked: Query[] = [];
  return { asked, run: (query) => (asked.push(query), Promise.resolve({ kind: "rows", rows: rows(query) })) };
}

it("a message carries the first diagnosis of its alert's runbook", async () => {
  const query = port(() => [ROW]);
  expect(await diagnosed(notification("high-error-rate"), query)).toEqual({
    firstCheck: {
      runbook: "high-error-rate",
      step: 1,
      text: "100 % of errors are `D1_ERROR: no such column: priority` on POST /api/tasks, version 3f2a.",
    },
  });
  expect(query.asked).toHaveLength(1);
});

it("looks at every worker where the alert's own name wrote nothing", async () => {
  const query = port(({ where }) => (JSON.stringify(where).includes("workerName") ? [] : [ROW]));
  expect((await diagnosed(notification("high-error-rate"), query))?.firstCheck?.runbook).toBe("high-error-rate");
  expect(query.asked).toHaveLength(2);
});

it("says nothing where nothing is known", async () => {
  expect(
    await diagnosed(
      notification("ours"),
      port(() => [ROW]),
    ),
  ).toBeUndefined();
  expect(
    await diagnosed(
      notification("queue-backup"),
      port(() => []),
    ),
  ).toBeUndefined();
});
